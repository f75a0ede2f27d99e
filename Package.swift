// swift-tools-version: 6.2
// The target graph below is the architecture diagram: data flows one way around the ring of
// ARCHITECTURE.md, and `swift build --explicit-target-dependency-import-check error` keeps it so.
import PackageDescription

/// The strictest compiler, once for every target.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Everything outside `Kit` is compiled with strict memory safety on top: a pointer that leaks out
/// of a wrapper does not compile there. The wrappers themselves are where the unsafe code lives.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

func c(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func kit(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Kit/\(name)", swiftSettings: strict)
}

func module(
  _ shelf: String, _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(shelf)/\(name)", resources: resources,
    swiftSettings: safe)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "quayside",
  products: [.executable(name: "quayside", targets: ["quayside"])],
  targets: [
    // C: module maps and inline shims, no logic.
    c("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
    c("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    c("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    c("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
    c("CXML", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    c("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    .target(
      name: "CShims", dependencies: ["CPostgres", "CMicroHTTPD", "CCurl", "CXML"],
      path: "Sources/C/CShims"),

    // Kit: what every program needs; knows nothing of orders.
    kit("Kit", ["CShims"]),
    kit("Cryptography", ["Kit", "COpenSSL", "CZlib"]),
    kit("XML", ["Kit", "CXML", "CShims"]),
    kit("Postgres", ["Kit", "Cryptography", "CPostgres", "CShims"]),
    kit("HTTP", ["Kit"]),
    kit("HTTPServer", ["Kit", "HTTP", "CMicroHTTPD", "CShims"]),
    kit("HTTPClient", ["Kit", "HTTP", "CCurl", "CShims"]),

    // Domain and engine: pure decisions.
    module("Domain", "Orders", ["Kit"]),
    module("Domain", "OrderSheet", ["Kit"]),
    module("Domain", "Stock", ["Kit"]),
    module("Domain", "People", ["Kit"]),
    module("Domain", "Booking", ["Kit", "Cryptography"]),
    module("Domain", "Conversations", ["Kit"]),
    module("Domain", "Packing", ["Kit"]),
    module("Engine", "Effects", ["Kit"]),

    // Outside: one module per system that is not ours.
    module("Outside", "Mirakl", ["Kit", "HTTP", "HTTPClient"]),
    module("Outside", "CanadaPost", ["Kit", "HTTP", "HTTPClient", "XML", "Cryptography"]),
    module("Outside", "Google", ["Kit", "HTTP", "HTTPClient", "Cryptography"]),
    module("Outside", "Push", ["Kit", "HTTP", "HTTPClient", "Cryptography", "Google"]),

    // App.
    module(
      "App", "Ledger",
      [
        "Kit", "Cryptography", "Postgres", "Orders", "Booking", "Stock", "Conversations",
        "Effects", "People", "Packing",
      ],
      resources: [.embedInCode("Migrations")]),
    module(
      "App", "Operations",
      [
        "Kit", "Cryptography", "Postgres", "HTTP", "HTTPClient", "Ledger", "Orders", "Effects",
        "Mirakl", "Stock", "CanadaPost", "Booking", "BookingTail", "OrderSheet", "Google", "Push",
        "People", "Conversations",
      ]),
    module("App", "Inventory", ["Kit", "Cryptography", "Postgres", "Ledger", "Stock", "People"]),
    module(
      "App", "CustomerService",
      [
        "Kit", "Postgres", "Ledger", "Operations", "Conversations", "People", "Mirakl",
      ]),
    module("App", "BookingTail", ["Kit", "OrderSheet", "Google", "Push"]),
    module(
      "App", "Bookings", ["Kit", "Cryptography", "Postgres", "Ledger", "Booking", "People"]),
    module("App", "PackingBench", ["Kit", "Cryptography", "Postgres", "Ledger", "Packing"]),
    module(
      "App", "BookingAPI", ["Kit", "Cryptography", "HTTP", "Ledger", "Bookings", "Booking"]),
    module(
      "App", "MCP",
      [
        "Kit", "Cryptography", "HTTP", "HTTPClient", "Ledger", "Booking", "Bookings", "BookingAPI",
      ]),
    module(
      "App", "Assistant",
      ["Kit", "HTTP", "HTTPClient", "Ledger", "Booking", "Bookings", "BookingAPI"]),
    module("App", "Sandbox", ["Kit", "Cryptography", "HTTP", "HTTPServer", "XML"]),
    module(
      "App", "Web",
      [
        "Kit", "Cryptography", "HTTP", "Postgres", "Ledger", "Operations", "Orders", "Effects",
        "People", "Booking", "Bookings", "Inventory", "Stock", "Conversations", "CustomerService",
        "Packing", "PackingBench",
      ], resources: [.embedInCode("Static")]),
    module(
      "App", "Assembly",
      [
        "Kit", "Cryptography", "Postgres", "HTTP", "HTTPServer", "HTTPClient", "Ledger",
        "Operations",
        "Mirakl", "CanadaPost", "Orders", "Effects", "Sandbox", "Web", "Booking", "Bookings",
        "BookingAPI", "People", "MCP", "Assistant", "BookingTail", "Google", "Push", "Stock",
        "Inventory", "CustomerService", "Conversations", "Packing", "PackingBench",
      ]),
    .executableTarget(
      name: "quayside", dependencies: ["Assembly"], path: "Sources/Executables/quayside",
      swiftSettings: safe,
      // Its `malloc` takes the place of the C library's (docs/decisions/0015).
      linkerSettings: [.linkedLibrary("jemalloc")]),

    tests("KitTests", ["Kit", "XML", "Cryptography"]),
    tests("PostgresTests", ["ClusterStage", "Kit", "Postgres"]),
    tests("HTTPTests", ["Kit", "HTTP", "HTTPServer", "HTTPClient"]),
    tests(
      "OutsideTests",
      [
        "Kit", "HTTP", "HTTPServer", "HTTPClient", "XML", "Mirakl", "CanadaPost", "Cryptography",
      ]),
    tests("SandboxTests", ["Kit", "HTTP", "HTTPClient", "XML", "Sandbox"]),
    tests("DomainTests", ["Kit", "Orders", "Effects"]),
    tests("StockTests", ["Kit", "Stock"]),
    tests("BookingTests", ["Kit", "Cryptography", "Booking"]),
    tests(
      "BookingAPITests",
      [
        "ClusterStage", "Kit", "Cryptography", "Postgres", "HTTP", "HTTPServer", "HTTPClient",
        "Ledger", "Booking", "Bookings", "BookingAPI", "Operations", "People",
      ]),
    .target(
      name: "ClusterStage", dependencies: ["Kit", "Postgres", "Ledger"],
      path: "Tests/ClusterStage", swiftSettings: strict),
    .target(
      name: "AgentStage",
      dependencies: [
        "ClusterStage", "Kit", "Postgres", "HTTP", "HTTPServer", "HTTPClient", "Ledger", "Booking",
        "Bookings", "BookingAPI", "MCP",
      ], path: "Tests/AgentStage", swiftSettings: strict),
    tests(
      "AssistantTests",
      [
        "AgentStage", "Assistant", "Kit", "HTTP", "HTTPClient", "Booking", "Bookings",
        "BookingAPI", "Sandbox",
      ]),
    tests("MCPTests", ["ClusterStage", "AgentStage", "Kit", "HTTP", "Booking"]),
    tests(
      "LedgerTests", ["ClusterStage", "Kit", "Postgres", "Ledger", "Orders", "Effects", "People"]),
    tests(
      "CycleTests",
      [
        "ClusterStage", "Kit", "Postgres", "HTTP", "HTTPServer", "HTTPClient", "Ledger",
        "Operations", "People", "Mirakl", "CanadaPost", "Orders", "Effects", "Sandbox", "Stock",
        "Inventory", "Packing",
      ]),
    tests(
      "ConversationTests",
      [
        "ClusterStage", "Kit", "Postgres", "HTTP", "HTTPClient", "Ledger", "Operations",
        "CustomerService", "Conversations", "People", "Mirakl", "CanadaPost", "Orders", "Effects",
        "Sandbox",
      ]),
    tests(
      "GoogleTests",
      [
        "Kit", "HTTP", "HTTPServer", "HTTPClient", "Cryptography", "OrderSheet", "Google", "Push",
        "BookingTail", "Sandbox",
      ]),
    tests(
      "PackingTests",
      [
        "ClusterStage", "Kit", "Cryptography", "Postgres", "Ledger", "Orders", "Effects",
        "Packing", "PackingBench",
      ]),
    tests(
      "WebTests",
      [
        "ClusterStage", "Kit", "Cryptography", "Postgres", "HTTP", "Ledger", "Operations",
        "People", "Bookings", "CustomerService", "Inventory", "Packing", "PackingBench", "Web",
      ]),
    tests("BrowserTests", ["ClusterStage", "Kit", "Postgres"], exclude: ["Scenes"]),
    tests(
      "FaultTests",
      [
        "ClusterStage", "Kit", "HTTP", "HTTPClient", "Postgres", "Ledger", "Operations", "Sandbox",
        "Assembly",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
