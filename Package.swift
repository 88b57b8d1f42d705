// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target of ours is compiled with: Swift 6 mode, explicit existentials, imports that leak nothing, and
/// `async` functions that run where their caller does, so that a call is no question to the runtime where to go on.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Small functions of one target are compiled into the others, generic ones for the types that they are called with.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// Has the release binary hold the standard library: calls into a shared one cost a tenth of the time that a request takes,
/// and the server runs where no toolchain is.
///
/// The libraries are named since modules that were compiled for the shared ones do not name all that is behind them.
let withinItself: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
            "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections", "-l_FoundationICU", "-lstdc++",
        ],
        .when(platforms: [.linux], configuration: .release)
    )
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

/// Fuzz targets define libFuzzer's entry and have no `main`, so they would break the normal link: see `scripts/fuzz`.
let fuzzTargets: [Target] =
    Context.environment["LARDER_FUZZ"] == "1"
    ? [
        "Authorization", "AwsChunked", "BucketPolicy", "CachedCopies", "Intents", "MultipartForm", "PostPolicy",
        "RemoteAnswers", "RequestBodies", "RequestRouting", "StyleAddress", "XLMeta", "XMLDocument",
    ].map { name in
        .executableTarget(
            name: "Fuzz\(name)",
            dependencies: [
                "ForeignDrives", "HTTPTransport", "Imaging", "ObjectStorage", "RemoteS3", "S3Protocol",
                "StyleAddresses",
            ],
            path: "Tests/Fuzz/\(name)",
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]
        )
    } : []

let package = Package(
    name: "larder",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "larder", targets: ["larder"]),
        .executable(name: "larder-imaged", targets: ["larder-imaged"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: one system-library target per library, plus two small targets of our own.
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLibVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CHash", cSettings: [.unsafeFlags(["-O3"])]),

        // Ours, from the bottom up: an arrow points down only.
        .target(
            name: "S3Protocol",
            dependencies: ["CHash", "CLibCrypto", "CLibXML2", "CXXHash"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "HTTPTransport",
            dependencies: ["CLibCurl", "CLinux", "S3Protocol", nioCore],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "ObjectStorage",
            dependencies: ["CLinux", "S3Protocol", grdb, logging, nioCore, nioPosix],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "RemoteS3",
            dependencies: ["HTTPTransport", "ObjectStorage", "S3Protocol", logging, nioCore],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Mirror",
            dependencies: ["HTTPTransport", "ObjectStorage", "RemoteS3", "S3Protocol", grdb, logging, nioCore],
            swiftSettings: swiftSettings
        ),
        .target(name: "ForeignDrives", dependencies: ["CHash", "CXXHash", "S3Protocol"], swiftSettings: swiftSettings),
        .target(
            name: "DriveImport",
            dependencies: ["ForeignDrives", "ObjectStorage", "S3Protocol"],
            swiftSettings: swiftSettings
        ),
        .target(name: "Imaging", dependencies: ["CLinux", logging], swiftSettings: swiftSettings),
        .target(
            name: "StyleAddresses",
            dependencies: ["Imaging", "S3Protocol"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Attachments",
            dependencies: [
                "HTTPTransport", "Imaging", "ObjectStorage", "S3Protocol", "StyleAddresses", grdb, logging, nioCore,
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Gateway",
            dependencies: [
                "Attachments", "DriveImport", "HTTPTransport", "Imaging", "Mirror", "ObjectStorage", "RemoteS3",
                "S3Protocol",
                "StyleAddresses", lifecycle, logging, nioCore, nioExtras, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "Configuration", dependencies: ["S3Protocol"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "larder",
            dependencies: [
                "Attachments", "CLinux", "Configuration", "Gateway", "HTTPTransport", "Imaging", "Mirror",
                "ObjectStorage", "RemoteS3",
                "S3Protocol", "StyleAddresses",
                argumentParser, lifecycle, logging, nioCore, nioPosix, nioSSL, unixSignals,
            ],
            swiftSettings: swiftSettings,
            linkerSettings: withinItself
        ),
        .executableTarget(
            name: "larder-imaged",
            dependencies: ["CLibVips", "CLinux", "Imaging"],
            swiftSettings: swiftSettings
        ),

        .testTarget(name: "S3ProtocolTests", dependencies: ["S3Protocol"], swiftSettings: swiftSettings),
        .target(
            name: "ScriptedServers",
            dependencies: ["HTTPTransport"],
            path: "Tests/ScriptedServers",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "StoreConformance",
            dependencies: ["ObjectStorage", "S3Protocol", nioCore],
            path: "Tests/StoreConformance",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: ["HTTPTransport", "S3Protocol", "ScriptedServers", nioCore],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: ["ObjectStorage", "StoreConformance", grdb],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "RemoteS3Tests",
            dependencies: [
                "HTTPTransport", "ObjectStorage", "RemoteS3", "S3Protocol", "ScriptedServers", logging, nioCore,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "MirrorTests",
            dependencies: [
                "HTTPTransport", "Mirror", "ObjectStorage", "RemoteS3", "S3Protocol", "ScriptedServers", grdb, logging,
                nioCore,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ForeignDrivesTests",
            dependencies: [
                "CLinux", "DriveImport", "ForeignDrives", "ObjectStorage", "S3Protocol", logging, nioCore,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging"], swiftSettings: swiftSettings),
        .testTarget(
            name: "StyleAddressesTests",
            dependencies: ["Imaging", "S3Protocol", "StyleAddresses"],
            swiftSettings: swiftSettings
        ),
        .testTarget(name: "AttachmentsTests", dependencies: ["Attachments"], swiftSettings: swiftSettings),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: swiftSettings),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "HTTPTransport", "RemoteS3", "ScriptedServers", "StoreConformance", logging, nioCore,
                nioHTTP1,
                nioPosix,
            ],
            swiftSettings: swiftSettings
        ),
    ] + fuzzTargets
)
