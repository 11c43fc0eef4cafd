// swift-tools-version: 6.2

import PackageDescription

// MIMIR stands for the path of the checkout: run.sh puts it in.
let package = Package(
  name: "plain",
  dependencies: [.package(name: "mimir", path: "MIMIR", traits: [])],
  targets: [
    .executableTarget(
      name: "plain", dependencies: [.product(name: "Mimir", package: "mimir")])
  ]
)
