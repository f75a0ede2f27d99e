import Glibc
import Kit

/// What `bin/setup test` installs for these tests: Playwright, and the distribution's Chromium.
enum BrowserProgram {
  // This file is in Tests/BrowserTests/Support of the package.
  static let package = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  static let scenes = package + "/Tests/BrowserTests/Scenes"
  static let python = package + "/.venv/bin/python"

  static let quayside: String = {
    if let given = Host.environment["QUAYSIDE_BINARY"], !given.isEmpty { return given }
    return package + "/.build/release/quayside"
  }()

  static let isThere =
    access(package + "/.venv/bin/playwright", X_OK) == 0 && access("/usr/bin/chromium", X_OK) == 0
    && access(quayside, X_OK) == 0

  /// The environment without anything that would reach the program by chance.
  static func environment(_ own: [String: String]) -> [String: String] {
    Host.environment
      .filter { !$0.key.hasPrefix("QUAYSIDE_") && $0.key != "DATABASE_URL" }
      .merging(own) { $1 }
  }
}

struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
