internal import CPostgres
import Kit

/// How to reach PostgreSQL; never printed with its password.
public struct PostgresConfiguration: Sendable, CustomStringConvertible {
  /// How long one of several hosts may take to answer before the next is asked.
  static let hostPatience = Duration.seconds(3)

  private var options: [(keyword: String, value: String)]
  /// Schema of all tables; `nil` leaves it to the database.
  public var schema: String?
  public var applicationName = "quayside"
  /// The server's own settings, for these connections only; names and values of ours, not people's.
  public var serverSettings: [(name: String, value: String)] = []

  /// - Parameter url: `postgres://user:password@host1:5432,host2:5432/name?connect_timeout=3`, or
  ///   libpq's `host=... dbname=...`. Without `target_session_attrs` a host must take writes.
  /// - Throws: `PostgresError` `.misuse` for what is no such address; the message has no password.
  public init(url: String) throws(PostgresError) {
    guard let parsed = PQconninfoParse(url, nil) else {
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

  /// - Parameter socketDirectory: the folder of a server's unix socket.
  public init(socketDirectory: String, port: Int = 5432, database: String, user: String) {
    options = [
      ("host", socketDirectory), ("port", "\(port)"), ("dbname", database), ("user", user),
    ]
  }

  public var database: String {
    get { self["dbname"] ?? self["user"] ?? "" }
    set { self["dbname"] = newValue }
  }

  /// To be registered as a secret of the log.
  public var password: String? { self["password"] }

  /// For each host in turn what libpq is to be told, as pairs, so that nothing in a value can be
  /// taken for another keyword. Host by host, because libpq has no limit of time for one of several
  /// hosts when it does not block.
  var attempts: [[(keyword: String, value: String)]] {
    let hosts = list("host"), addresses = list("hostaddr"), ports = list("port")
    let count = max(hosts.count, addresses.count, 1)
    var attempts: [[(keyword: String, value: String)]] = []
    for i in 0..<count {
      var one = self
      if count > 1 {
        one["host"] = i < hosts.count ? hosts[i] : nil
        one["hostaddr"] = i < addresses.count ? addresses[i] : nil
        one["port"] = ports.count == 1 ? ports[0] : i < ports.count ? ports[i] : nil
      }
      one.setDefaults()
      attempts.append(one.options)
    }
    guard count > 1, self["target_session_attrs"] == "prefer-standby" else { return attempts }
    func all(_ wanted: String) -> [[(keyword: String, value: String)]] {
      attempts.map { $0.filter { $0.keyword != "target_session_attrs" } }
        .map { $0 + [("target_session_attrs", wanted)] }
    }
    return all("standby") + all("any")
  }

  private mutating func setDefaults() {
    self["application_name"] = applicationName
    self["client_encoding"] = "UTF8"
    if self["target_session_attrs"] == nil { self["target_session_attrs"] = "read-write" }
    // A machine that vanished says no goodbye. It is noticed after 15 s by who sends and after 20 s by
    // who only waits for an answer, which is about when another one takes over.
    for (keyword, value) in [
      ("keepalives_idle", "10"), ("keepalives_interval", "3"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "15000"),
    ] where self[keyword] == nil { self[keyword] = value }
    for setting in serverSettings {
      let others = self["options"].map { $0 + " " } ?? ""
      self["options"] = others + "-c \(setting.name)=\(setting.value)"
    }
    guard let schema else { return }
    var setting = "\"" + schema.replacing("\"", with: "\"\"") + "\""
    setting = setting.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
    self["options"] = (self["options"].map { $0 + " " } ?? "") + "-c search_path=\(setting)"
  }

  private func list(_ keyword: String) -> [String] {
    guard let value = self[keyword], !value.isEmpty else { return [] }
    return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private subscript(keyword: String) -> String? {
    get { options.last { $0.keyword == keyword }?.value }
    set {
      options.removeAll { $0.keyword == keyword }
      if let newValue { options.append((keyword, newValue)) }
    }
  }

  public var description: String {
    "\(database) at \(self["host"] ?? self["hostaddr"] ?? "the default host")"
  }
}
