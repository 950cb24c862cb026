// swift-tools-version: 6.2
import PackageDescription

// The targets are the architecture: what a target does not list, it cannot import.
// The rules between them are written down in docs/architecture.md.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func target(
    _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil, resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "eralink",
    products: [.executable(name: "eralink", targets: ["eralink"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries: a module map and a shim each, imported by exactly one target.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZooKeeper", providers: [.apt(["libzookeeper-mt-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CEditLine", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

        // Foundations: know nothing of Eralink.
        target("JSON"),
        target("LoopExecutor"),
        target("Postgres", ["CPostgres", "LoopExecutor", logging]),
        target("ZooKeeper", ["CZooKeeper", "LoopExecutor", logging]),
        target("HTTPFetch", ["CCurl", "LoopExecutor", logging]),
        target("Terminal", ["CEditLine", "LoopExecutor"]),

        // The words of the business and of the agent API.
        target("Domain"),
        target("AgentProtocol", ["Domain", "JSON"]),

        // Adapters.
        target(
            "Store", ["AgentProtocol", "Domain", "JSON", "Postgres", crypto, logging],
            resources: [
                .embedInCode("Migrations/m0001_texts.sql"), .embedInCode("Migrations/m0002_files.sql"),
                .embedInCode("Migrations/m0003_speed.sql"),
                .embedInCode("Migrations/m0004_actions.sql"),
            ]),
        target("Coordination", ["Domain", "JSON", "ZooKeeper", deque, logging]),
        target(
            "Web",
            [
                "AgentProtocol", "Domain", "JSON", hummingbird, httpTypes, logging, metrics, nioCore, nioHTTP1,
                nioPosix,
                nioWebSocket, serviceLifecycle,
            ]),
        target(
            "AgentClient",
            ["AgentProtocol", "Domain", "JSON", deque, logging, nioCore, nioHTTP1, nioPosix, nioWebSocket]),

        target("Access", ["Domain", "Store", "Web"]),

        // Services.
        target(
            "ChatServer",
            ["AgentProtocol", "Coordination", "Domain", "JSON", "Store", "Web", deque, logging, serviceLifecycle]),
        target(
            "InteractionLoader",
            ["Access", "AgentProtocol", "Domain", "JSON", "Store", "Web", logging, serviceLifecycle]),
        target(
            "ConnectorKit",
            [
                "Access", "AgentProtocol", "Coordination", "Domain", "HTTPFetch", "JSON", "Store", "Web", deque,
                logging,
                serviceLifecycle,
            ]),
        target(
            "Telegram", ["ConnectorKit", "Domain", "HTTPFetch", "JSON", logging], path: "Sources/Connectors/Telegram"),
        // Of these there are the capability tables so far.
        target("VK", ["Domain"], path: "Sources/Connectors/VK"),
        target("OK", ["Domain"], path: "Sources/Connectors/OK"),
        target("InfobipWhatsApp", ["Domain"], path: "Sources/Connectors/InfobipWhatsApp"),
        target("MfmsWhatsApp", ["Domain"], path: "Sources/Connectors/MfmsWhatsApp"),

        target(
            "Viber", ["ConnectorKit", "Domain", "HTTPFetch", "JSON", crypto, logging], path: "Sources/Connectors/Viber"),

        // Everything on loopback: simulated messengers, a private PostgreSQL, a private ZooKeeper.
        target(
            "Sandbox",
            [
                "Domain", "HTTPFetch", "JSON", "Postgres", crypto, hummingbird, httpTypes, logging, nioCore, nioHTTP1,
                nioPosix,
                serviceLifecycle,
            ]),

        // The command line and the composition roots of the daemons.
        target(
            "Commands",
            [
                "AgentClient", "AgentProtocol", "ChatServer", "ConnectorKit", "Coordination", "Domain", "HTTPFetch",
                "InfobipWhatsApp", "InteractionLoader", "JSON", "MfmsWhatsApp", "OK", "Postgres", "Sandbox", "Store",
                "Telegram", "Terminal", "VK", "Viber", "Web", "ZooKeeper", argumentParser, configuration, crypto,
                logging, serviceLifecycle, unixSignals, yams,
            ]),
        .executableTarget(name: "eralink", dependencies: ["Commands"], swiftSettings: strict),
        .executableTarget(
            name: "eralink-bench",
            dependencies: [
                "AgentClient", "Domain", "JSON", "Postgres", "Sandbox", "ZooKeeper", "HTTPFetch", crypto, logging,
            ],
            swiftSettings: strict),

        // Tests.
        target(
            "TestSupport",
            [
                "AgentClient", "AgentProtocol", "ChatServer", "ConnectorKit", "Coordination", "Domain", "HTTPFetch",
                "InteractionLoader", "JSON", "Postgres", "Sandbox", "Store", "Terminal", "Web", "ZooKeeper", logging,
                nioCore,
                nioHTTP1, nioPosix, serviceLifecycle,
            ]),
        tests("JSONTests", ["JSON"]),
        tests("LoopExecutorTests", ["LoopExecutor"]),
        tests("PostgresTests", ["Postgres", "Sandbox", "TestSupport", logging]),
        tests("ZooKeeperTests", ["ZooKeeper", "TestSupport"]),
        tests("HTTPFetchTests", ["HTTPFetch", "TestSupport", nioCore, nioPosix]),
        tests("TerminalTests", ["Terminal", "TestSupport"]),
        tests("DomainTests", ["Domain"]),
        tests("AgentProtocolTests", ["AgentProtocol", "Domain", "JSON", "TestSupport"]),
        tests("StoreTests", ["AgentProtocol", "Domain", "JSON", "Postgres", "Store", "TestSupport"]),
        tests("CoordinationTests", ["Coordination", "Domain", "JSON", "Sandbox", "TestSupport", "ZooKeeper", logging]),
        tests(
            "WebTests",
            ["Web", "AgentClient", "Domain", "JSON", crypto, logging, nioCore, nioPosix, serviceLifecycle]),
        tests(
            "ChatServerTests",
            [
                "AgentClient", "AgentProtocol", "ChatServer", "Coordination", "Domain", "JSON", "Postgres", "Store",
                "TestSupport", "Web", nioCore, nioPosix,
            ]),
        tests(
            "ConnectorKitTests",
            [
                "AgentProtocol", "ConnectorKit", "Coordination", "Domain", "HTTPFetch", "JSON", "Postgres", "Store",
                "TestSupport", "Web", nioCore, nioPosix,
            ]),
        tests(
            "TelegramTests",
            ["ConnectorKit", "Domain", "HTTPFetch", "JSON", "Sandbox", "Telegram", "TestSupport", logging]),
        tests(
            "ViberTests",
            ["ConnectorKit", "Domain", "HTTPFetch", "JSON", "Sandbox", "TestSupport", "Viber", crypto, logging]),
        tests("SandboxTests", ["Sandbox", "TestSupport", "HTTPFetch", "JSON", nioCore, nioHTTP1, nioPosix]),
        tests(
            "IntegrationTests",
            ["AgentClient", "Domain", "HTTPFetch", "JSON", "Postgres", "Sandbox", "Store", "TestSupport", logging]),
        tests(
            "InteractionLoaderTests",
            ["AgentProtocol", "Domain", "HTTPFetch", "InteractionLoader", "JSON", "Store", "TestSupport"]),
        tests(
            "CommandTests",
            [
                "AgentClient", "AgentProtocol", "ChatServer", "Commands", "ConnectorKit", "Coordination", "Domain",
                "JSON",
                "Postgres", "Sandbox", "Store", "Terminal", "TestSupport", "Web", "ZooKeeper", argumentParser, logging,
            ]),
    ]
)
