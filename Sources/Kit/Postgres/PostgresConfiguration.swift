internal import CPostgres
import Glibc
import Kit

/// How to reach PostgreSQL; never printed with its password.
public struct PostgresConfiguration: Sendable, CustomStringConvertible {
  var options: [(String, String)]
  /// Schema of all tables; `nil`: the database's default.
  public var schema: String?
  public var applicationName = "quayside"

  /// - Parameter url: `postgres://user:password@host1:5432,host2:5432/name?target_session_attrs=read-write`.
  /// - Throws: `PostgresError` `.misuse` for what is no such address; the message has no password.
  public init(url: String) throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(url, &message) else {
      PQfreemem(message)
      throw PostgresError(
        .misuse, "not a PostgreSQL address; expected postgres://user:password@host:5432/name")
    }
    defer { PQconninfoFree(parsed) }
    options = []
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        options.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
  }

  public init(socketFolder: String, port: Int = 5432, database: String, user: String) {
    options = [
      ("host", socketFolder), ("port", "\(port)"), ("dbname", database), ("user", user),
    ]
  }

  public var database: String {
    get { options.last { $0.0 == "dbname" }?.1 ?? "" }
    set {
      options.removeAll { $0.0 == "dbname" }
      options.append(("dbname", newValue))
    }
  }

  public var password: String? { options.last { $0.0 == "password" }?.1 }

  /// As keyword and value pairs, so that nothing in a value can be taken for another keyword.
  var parameters: [(String, String)] {
    var all = options
    all.append(("application_name", applicationName))
    all.append(("client_encoding", "UTF8"))
    if !options.contains(where: { $0.0 == "target_session_attrs" }) {
      all.append(("target_session_attrs", "read-write"))
    }
    if !options.contains(where: { $0.0 == "connect_timeout" }) { all.append(("connect_timeout", "5")) }
    if let schema {
      all.append(("options", "-c search_path=\(schema.filter { $0.isLetter || $0.isNumber || $0 == "_" })"))
    }
    return all
  }

  public var description: String {
    let hosts = options.last { $0.0 == "host" }?.1 ?? "default host"
    return "\(database) at \(hosts)"
  }
}
