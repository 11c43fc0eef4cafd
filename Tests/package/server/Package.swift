// swift-tools-version: 6.2

import PackageDescription

// MIMIR stands for the path of the checkout: run.sh puts it in.
let package = Package(
  name: "server",
  dependencies: [
    .package(name: "mimir", path: "MIMIR", traits: ["Server"]),
    .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "server",
      dependencies: [
        .product(name: "Mimir", package: "mimir"),
        .product(name: "MimirLogging", package: "mimir"),
        .product(name: "MimirMetrics", package: "mimir"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ])
  ]
)
