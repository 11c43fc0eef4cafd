// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "mimir",
  products: [
    .library(name: "Mimir", targets: ["Mimir"]),
    .library(name: "mimir", type: .dynamic, targets: ["MimirC"]),
    // Installed as `mimir`: a package can't have two products of one name.
    .executable(name: "mimir-cli", targets: ["mimir-cli"]),
  ],
  dependencies: [
    // Who depends on the products above only, gets none of these: the package manager leaves out what
    // no product in use needs.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // The C header as a module. A target with one .c file, not a system library: SwiftPM then
    // rebuilds its importers when the header changes. Its include is a link to the published headers;
    // with the whole package as its path, what a build writes would count as its sources.
    .target(name: "CMimir"),
    .target(name: "MimirBase"),
    .target(name: "MimirJSON", dependencies: ["MimirBase"]),
    .systemLibrary(name: "CLinux"),
    .target(name: "MimirIO", dependencies: ["CLinux", "MimirBase"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "MimirGzip", dependencies: ["CZlib", "MimirBase", "MimirIO"]),
    .target(name: "MimirRing", dependencies: ["MimirBase"]),
    .systemLibrary(name: "CZmq", providers: [.apt(["libzmq3-dev"])]),
    .target(
      name: "MimirStream", dependencies: ["CZmq", "MimirBase", "MimirIO", "MimirJSON", "MimirRing"]),
    .target(
      name: "Mimir",
      dependencies: ["MimirBase", "MimirJSON", "MimirIO", "MimirGzip", "MimirRing", "MimirStream"]),
    .target(
      name: "MimirC",
      dependencies: [
        "CMimir", "Mimir", "MimirBase", "MimirJSON", "MimirIO", "MimirRing", "MimirStream",
      ]),
    .executableTarget(
      name: "mimir-cli",
      dependencies: [
        "CMimir", "Mimir", "MimirBase", "MimirGzip", "MimirIO", "MimirJSON", "MimirStream",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "MimirJSONTests", dependencies: ["MimirJSON", "MimirBase"]),
    .target(
      name: "TestSupport", dependencies: ["MimirBase", "MimirIO"], path: "Tests/TestSupport"),
    .testTarget(name: "MimirIOTests", dependencies: ["MimirIO", "MimirBase", "TestSupport"]),
    .testTarget(
      name: "MimirGzipTests",
      dependencies: ["MimirGzip", "MimirBase", "MimirIO", "CZlib", "TestSupport"]),
    .testTarget(name: "MimirRingTests", dependencies: ["MimirRing", "MimirBase"]),
    .testTarget(name: "MimirStreamTests", dependencies: ["MimirStream", "MimirBase"]),
    .testTarget(
      name: "MimirTests",
      dependencies: [
        "Mimir", "MimirBase", "MimirJSON", "MimirIO", "MimirRing", "MimirStream", "TestSupport",
      ]),
  ]
)

for target in package.targets where !target.name.hasPrefix("C") {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
