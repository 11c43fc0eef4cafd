// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "train",
  dependencies: [.package(name: "mimir", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "train", dependencies: [.product(name: "Mimir", package: "mimir")])
  ]
)
