import Glibc
import Kit

/// The server of a private cluster: PostgreSQL's own programs, run as a user that may run them.
struct ClusterServer: Sendable {
  static let oldestMajor = 15
  static let user = "quayside"
  static let goingPatience = Duration.seconds(5)
  /// Of a log that is quoted in an error.
  static let quotedBytesMax = 2_000

  let home: ClusterHome
  private let programs: String

  init(_ home: ClusterHome) throws(ClusterError) {
    self.home = home
    programs = try Self.programs(major: Self.major(of: home.data))
  }

  /// As the cluster's superuser, to the database `postgres`.
  var administration: PostgresConfiguration {
    PostgresConfiguration(
      socketDirectory: home.socketFolder, database: "postgres", user: Self.user)
  }

  // MARK: Finding the programs

  private static func major(of data: String) -> Int? {
    let text = String(decoding: Folder.bytes(of: data + "/PG_VERSION"), as: UTF8.self)
    return Int(text.prefix { $0.isNumber })
  }

  /// - Parameter major: the version that made the cluster; `nil`: the newest there is.
  private static func programs(major: Int?) throws(ClusterError) -> String {
    var found: [(major: Int, folder: String)] = []
    let shelf = "/usr/lib/postgresql"
    for version in Folder.names(in: shelf).compactMap({ Int($0) }) {
      found.append((version, "\(shelf)/\(version)/bin"))
    }
    for folder in (Host.environment["PATH"] ?? "").split(separator: ":") {
      // pg_config is not always there; the name of the control file's folder tells nothing.
      if let version = version(in: String(folder)) { found.append((version, String(folder))) }
    }
    let usable = found.filter { one in
      one.major >= oldestMajor
        && ["initdb", "pg_ctl", "postgres"].allSatisfy { name in
          access("\(one.folder)/\(name)", X_OK) == 0
        }
    }
    if let major {
      if let fitting = usable.first(where: { $0.major == major }) { return fitting.folder }
      throw ClusterError(
        "the private database was made by PostgreSQL \(major), which is not installed; "
          + "install the package postgresql-\(major)")
    }
    if let newest = usable.max(by: { $0.major < $1.major }) { return newest.folder }
    throw ClusterError(
      "no PostgreSQL \(oldestMajor) or later is installed; install the package postgresql, "
        + "or set DATABASE_URL")
  }

  /// Of programs in a folder of `PATH`, by the version file beside them.
  private static func version(in folder: String) -> Int? {
    guard access(folder + "/postgres", X_OK) == 0 else { return nil }
    for share in ["/../share/postgresql", "/../share", "/../share/pgsql"] {
      let head = Folder.bytes(of: folder + share + "/postgres.bki").prefix(64)
      // "# PostgreSQL 15"
      let words = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if words.count > 2, words[1] == "PostgreSQL", let major = Int(words[2]) { return major }
    }
    return nil
  }

  // MARK: Making

  /// Makes the cluster unless it is there. What an earlier try left unfinished is thrown away.
  func make(log: Log) async throws(ClusterError) {
    if Folder.exists(home.data + "/PG_VERSION") { return }
    guard Folder.names(in: home.data).isEmpty else {
      throw ClusterError("\(home.data) holds something that is no PostgreSQL cluster; move it away")
    }
    log.info("making a private PostgreSQL", ["folder": home.data])
    let unfinished = home.folder + "/data.unfinished"
    Folder.remove(unfinished)
    rmdir(home.data)
    try home.makeOwned(unfinished)
    try await run(
      "initdb", "-D", unfinished, "-U", Self.user, "-A", "trust", "-E", "UTF8",
      "--locale=C.UTF-8",
      // By bytes, which is the order of code points: keys are compared without a detour.
      "--lc-collate=C", "--no-instructions")
    guard rename(unfinished, home.data) == 0 else {
      throw ClusterError("cannot write \(home.data): \(String(cString: strerror(errno)))")
    }
    Folder.sync(home.folder)
  }

  /// - Returns: whether it was made just now.
  func makeDatabase(_ name: String) async throws(ClusterError) -> Bool {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.open(administration, deadline: .seconds(30))
      guard
        try await connection.query(FindDatabase(name: name), deadline: .seconds(10)).isEmpty
      else { return false }
      try await connection.script("create database \(name)", deadline: .seconds(60))
      await connection.close()
      return true
    } catch {
      throw ClusterError("the private PostgreSQL does not answer: \(error.debugDescription)")
    }
  }

  private struct FindDatabase: PostgresStatement {
    static let sql = "select datname::text from pg_database where datname = $1"
    let name: String
    func bind(_ b: inout PostgresBindings) { b.append(name) }
    static func row(_ r: PostgresRow) throws(PostgresError) -> String { try r.string(0) }
  }

  // MARK: Starting and stopping

  /// Starts the server unless it runs; waits until it can be used, recovery included.
  func start(
    _ settings: [String: String], until ends: ContinuousClock.Instant, log: Log
  ) async throws(ClusterError) {
    var problem = ""
    while ContinuousClock.now < ends, !Task.isCancelled {
      // The socket is asked first: across containers a process cannot be seen, but its socket can.
      let presence = await presence()
      if presence == .ready { return }
      if presence == .starting || runningServer != nil {
        problem = "it runs but does not answer"
        try? await Task.sleep(for: .milliseconds(20))
        continue
      }
      clearRemains()
      log.info("starting the private PostgreSQL", ["folder": home.data])
      do throws(ClusterError) {
        try write(settings)
        try await run(
          "pg_ctl", "start", "-D", home.data, "-w", "-t", "60", "-s",
          "-l", home.logFolder + "/start.log")
      } catch {
        // After a kill -9 of the postmaster its children may hold the shared memory a while longer.
        guard error.description.contains("could not start server") else { throw error }
        problem = error.description + startLog
        let isTemporary =
          problem.contains("still in use") || problem.contains("lock file")
          || runningServer != nil
        guard isTemporary else { throw ClusterError(problem) }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    throw ClusterError(
      "the private PostgreSQL in \(home.data) did not start in time: \(problem); "
        + "see \(home.logFolder)")
  }

  func stop(patience: Duration) async throws(ClusterError) {
    guard let pid = runningServer else { return }
    try await run(
      "pg_ctl", "stop", "-D", home.data, "-m", "fast", "-w", "-t",
      "\(patience.milliseconds / 1_000)", "-s")
    // Its lock file is gone; its process is a moment later.
    let ends = ContinuousClock.now + Self.goingPatience
    while folder(of: pid) != nil, ContinuousClock.now < ends {
      try? await Task.sleep(for: .milliseconds(2))
    }
    home.removeSocketFolder()
  }

  /// The server's process, if the one named in `postmaster.pid` is alive and really is this one.
  var runningServer: Int32? {
    let text = String(decoding: Folder.bytes(of: home.data + "/postmaster.pid"), as: UTF8.self)
    guard let first = text.split(separator: "\n").first, let pid = Int32(first), pid > 0 else {
      return nil
    }
    // The server works in its data folder; a process that got the number later does not.
    guard kill(pid, 0) == 0 || errno == EPERM, let its = folder(of: pid) else { return nil }
    var mine = stat()
    guard stat(home.data, &mine) == 0 else { return nil }
    return its.st_ino == mine.st_ino && its.st_dev == mine.st_dev ? pid : nil
  }

  private func folder(of pid: Int32) -> stat? {
    var status = stat()
    return stat("/proc/\(pid)/cwd", &status) == 0 ? status : nil
  }

  private enum Presence { case ready, starting, absent }

  private func presence() async -> Presence {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.open(administration, deadline: .seconds(5))
      await connection.close()
      return .ready
    } catch {
      // Any refusal in PostgreSQL's words is a server: recovering, stopping, full.
      return error.code == .connectionLost ? .absent : .starting
    }
  }

  /// A server that was killed leaves its lock files behind, and their numbers may belong to other
  /// processes by now. Nobody else uses these folders, and we hold the lock.
  private func clearRemains() {
    unlink(home.data + "/postmaster.pid")
    unlink(home.socketFolder + "/.s.PGSQL.5432")
    unlink(home.socketFolder + "/.s.PGSQL.5432.lock")
    unlink(home.logFolder + "/start.log")
  }

  private var startLog: String {
    String(
      decoding: Folder.bytes(of: home.logFolder + "/start.log").suffix(Self.quotedBytesMax),
      as: UTF8.self)
  }

  /// Our settings are a file of their own, which PostgreSQL's own file includes at its end.
  private func write(_ settings: [String: String]) throws(ClusterError) {
    var settings = settings
    settings["listen_addresses"] = ""
    settings["port"] = "5432"
    settings["unix_socket_directories"] = home.socketFolder
    settings["unix_socket_permissions"] = "0700"
    settings["log_directory"] = home.logFolder
    let lines = settings.sorted { $0.key < $1.key }.map { key, value in
      "\(key) = '\(value.replacing("'", with: "''"))'\n"
    }
    do throws(FileError) {
      // Read by the server, so for everybody; the folder around it is for the server alone.
      try AtomicFile.write(
        Array(lines.joined().utf8), to: home.data + "/quayside.conf", mode: 0o644)
    } catch {
      throw ClusterError(error.debugDescription)
    }
    let include = "\ninclude_if_exists = 'quayside.conf'\n"
    let file = home.data + "/postgresql.conf"
    if String(decoding: Folder.bytes(of: file), as: UTF8.self).contains(include) { return }
    guard append(include, to: file) else {
      throw ClusterError("cannot write \(file): \(String(cString: strerror(errno)))")
    }
  }

  private func append(_ text: String, to path: String) -> Bool {
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var text = text
    return text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
      && fsync(descriptor) == 0
  }

  /// Runs one of PostgreSQL's programs with nothing of our environment, which may hold secrets.
  private func run(_ program: String, _ words: String...) async throws(ClusterError) {
    var arguments = ["\(programs)/\(program)"] + words
    if let account = home.account {
      arguments =
        [
          "setpriv", "--reuid=\(account.name)", "--regid=\(account.group)", "--init-groups", "--",
        ] + arguments
    }
    let environment = [
      "PATH": "\(programs):/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
      // A batch of many rows is some hundred kB; the C library would give such pieces back to the kernel
      // after each statement, and take them anew, page by page, for the next.
      "MALLOC_MMAP_THRESHOLD_": "8388608", "MALLOC_TRIM_THRESHOLD_": "16777216",
      "MALLOC_TOP_PAD_": "1048576",
    ]
    do throws(ProcessError) {
      let output = try await ChildProcess.run(
        arguments, environment: environment, folder: "/", deadline: PrivateCluster.startPatience,
        limit: 64 << 10)
      guard output.status.isSuccess else {
        let said = (output.errorText + output.text).suffix(Self.quotedBytesMax)
        throw ProcessError(.cannotStart, arguments, "\(output.status): \(said)")
      }
    } catch {
      throw ClusterError("\(program) failed: \(error.reason)")
    }
  }
}
