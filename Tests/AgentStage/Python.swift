import Glibc
import Kit

/// The Python of `.venv`, where `bin/setup test` puts the official MCP client.
package enum Python {
  package static let root =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  package static let path: String = {
    if let given = Host.environment["QUAYSIDE_PYTHON"], !given.isEmpty { return given }
    return root + "/.venv/bin/python"
  }()

  /// The client is there, and speaks the modern revision.
  package static let hasClient: Bool = {
    guard access(path, X_OK) == 0 else { return false }
    let lib = path.split(separator: "/").dropLast(2).joined(separator: "/")
    return Folder.names(in: "/\(lib)/lib").contains { python in
      access("/\(lib)/lib/\(python)/site-packages/mcp_types/_v2026_07_28", R_OK) == 0
    }
  }()

  /// The program under test, as built.
  package static let program: String = {
    if let given = Host.environment["QUAYSIDE_BINARY"], !given.isEmpty { return given }
    return root + "/.build/release/quayside"
  }()

  /// The environment without anything that would reach a child by chance.
  package static func environment(_ own: [String: String]) -> [String: String] {
    Host.environment
      .filter {
        !$0.key.hasPrefix("QUAYSIDE_") && $0.key != "DATABASE_URL"
          && !$0.key.lowercased().hasSuffix("_proxy")
      }
      .merging(own) { $1 }
  }
}
