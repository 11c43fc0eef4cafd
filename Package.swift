// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "mimir",
  products: [
    .library(name: "Mimir", targets: ["Mimir"]),
    .library(name: "mimir", type: .dynamic, targets: ["MimirC"]),
  ],
  targets: [
    // The C header as a module. A target with one .c file, not a system library: SwiftPM then
    // rebuilds its importers when the header changes. Its include is a link to the published headers;
    // with the whole package as its path, what a build writes would count as its sources.
    .target(name: "CMimir"),
    .target(name: "MimirBase"),
    .target(name: "MimirJSON", dependencies: ["MimirBase"]),
    .target(name: "MimirIO", dependencies: ["MimirBase"]),
    .target(name: "MimirRing", dependencies: ["MimirBase"]),
    .target(name: "Mimir", dependencies: ["MimirBase", "MimirJSON", "MimirIO", "MimirRing"]),
    .target(
      name: "MimirC",
      dependencies: ["CMimir", "Mimir", "MimirBase", "MimirJSON", "MimirIO", "MimirRing"]),
    .testTarget(name: "MimirJSONTests", dependencies: ["MimirJSON", "MimirBase"]),
    .testTarget(name: "MimirIOTests", dependencies: ["MimirIO", "MimirBase"]),
    .testTarget(name: "MimirRingTests", dependencies: ["MimirRing", "MimirBase"]),
    .testTarget(
      name: "MimirTests",
      dependencies: ["Mimir", "MimirBase", "MimirJSON", "MimirIO", "MimirRing"]),
  ]
)

for target in package.targets where target.name != "CMimir" {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
