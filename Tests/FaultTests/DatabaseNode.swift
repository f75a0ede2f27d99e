import Glibc
import HTTP
import HTTPClient
import Kit

/// One machine of a replicated PostgreSQL: an etcd, a Patroni, and the server that Patroni starts, on
/// a loopback address of its own, from the files that `deploy/patroni/configure` makes.
final class DatabaseNode {
  static let patroniProgram = "/usr/bin/patroni"
  static let etcdProgram = "/usr/bin/etcd"
  static let isInstalled =
    access(patroniProgram, X_OK) == 0 && access(etcdProgram, X_OK) == 0

  let name: String
  let address: String
  /// Its data, settings and socket.
  let folder: String
  private let statusURL: String
  private let logFolder: String
  private let http: HTTPClient
  private var etcd: ChildProcess?
  private var patroni: ChildProcess?

  /// - Parameter folder: of the whole cluster; the logs are there too.
  init(_ name: String, at address: String, in folder: String, patroniPort: Int) throws {
    self.name = name
    self.address = address
    self.folder = "\(folder)/\(name)"
    logFolder = folder
    statusURL = "http://\(address):\(patroniPort)/primary"
    guard let origin = Origin(url: statusURL) else { throw Trouble("no address: \(statusURL)") }
    http = HTTPClient(.init(allowedOrigins: [origin]))
  }

  private var data: String { folder + "/data" }

  /// - Parameter settings: the text of a `cluster.conf`.
  func configure(_ settings: String, with script: String) async throws {
    try Folder.make(folder, mode: 0o700)
    let file = folder + "/cluster.conf"
    try AtomicFile.write(Array(settings.utf8), to: file)
    let output = try await ChildProcess.run(
      [script, file, name, folder], deadline: .seconds(20))
    guard output.status.isSuccess else { throw Trouble("configure: \(output.errorText)") }
    guard let account = Account.unprivileged else { return }
    for path in [folder, folder + "/patroni.yml", folder + "/etcd"] {
      guard chown(path, account.user, account.group) == 0 else {
        throw Trouble("cannot hand over \(path)")
      }
    }
  }

  func start() throws {
    let lines = String(decoding: Folder.bytes(of: folder + "/etcd"), as: UTF8.self)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }
    var environment = Self.environment
    for line in lines {
      guard let mark = line.firstIndex(of: "=") else { throw Trouble("no setting: \(line)") }
      environment[String(line[..<mark])] = String(line[line.index(after: mark)...])
    }
    etcd = try start([Self.etcdProgram], environment, log: "etcd")
    patroni = try start(
      [Self.patroniProgram, folder + "/patroni.yml"], Self.environment, log: "patroni")
  }

  private static let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]

  private func start(
    _ words: [String], _ environment: [String: String], log: String
  ) throws -> ChildProcess {
    let file = ChildProcess.Stream.file("\(logFolder)/\(name)-\(log).log")
    return try ChildProcess.start(
      (Account.unprivileged?.prefix ?? []) + words,
      .init(environment: environment, folder: "/", output: file, error: file))
  }

  /// Whether Patroni says that this node is the primary.
  var isPrimary: Bool {
    get async {
      let answer = try? await http.send(
        HTTPClientRequest(method: "GET", url: statusURL, deadline: .seconds(2)))
      return answer?.status == 200
    }
  }

  /// All of it at once, as when its machine loses its power: nobody can say goodbye.
  func kill() async {
    let server = server
    patroni?.kill(SIGKILL)
    // Stopped first, so that it starts and ends no sessions while they are counted.
    if let server {
      Glibc.kill(server, SIGSTOP)
      for session in children(of: server) { Glibc.kill(session, SIGKILL) }
      Glibc.kill(server, SIGKILL)
    }
    etcd?.kill(SIGKILL)
    _ = await patroni?.wait(for: .seconds(10))
    _ = await etcd?.wait(for: .seconds(10))
  }

  /// Ends whatever runs. PostgreSQL is no child of ours: it is found by its lock file.
  func stop() async {
    patroni?.kill(SIGKILL)
    _ = await patroni?.wait(for: .seconds(10))
    if let server {
      Glibc.kill(server, SIGQUIT)
      try? await eventually("PostgreSQL has ended", within: .seconds(10)) { self.server == nil }
      if self.server == server { Glibc.kill(server, SIGKILL) }
    }
    await etcd?.stop(patience: .seconds(5))
  }

  /// The server's process, if the one of its lock file is alive and works in its folder.
  private var server: Int32? {
    let text = String(decoding: Folder.bytes(of: data + "/postmaster.pid"), as: UTF8.self)
    guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }) else { return nil }
    var its = stat()
    var mine = stat()
    guard stat("/proc/\(pid)/cwd", &its) == 0, stat(data, &mine) == 0 else { return nil }
    return its.st_ino == mine.st_ino && its.st_dev == mine.st_dev ? pid : nil
  }

  private func children(of pid: Int32) -> [Int32] {
    Folder.names(in: "/proc/\(pid)/task").flatMap { task in
      String(decoding: Folder.bytes(of: "/proc/\(pid)/task/\(task)/children"), as: UTF8.self)
        .split(separator: " ").compactMap { Int32($0) }
    }
  }
}

/// Whom PostgreSQL runs as, since it refuses root.
struct Account {
  let user: uid_t
  let group: gid_t

  /// `nil`: as ourselves.
  static let unprivileged: Account? = {
    guard Host.isRoot, let entry = getpwnam("postgres") else { return nil }
    return Account(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
  }()

  /// Words before a command. `setpriv` becomes the command, so its process is ours to wait for.
  var prefix: [String] {
    ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--init-groups", "--"]
  }
}
