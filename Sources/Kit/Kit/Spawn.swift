import CShims
import Glibc

/// `posix_spawn` with everything that a child should not inherit taken away.
enum Spawn {
  static func start(
    _ arguments: [String], _ options: ChildProcess.Options
  ) throws(FileError) -> Int32 {
    guard let program = arguments.first else { throw FileError("start", "", ENOENT) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }

    connect(&actions, 0, options.input)
    connect(&actions, 1, options.output)
    connect(&actions, 2, options.error)
    qs_spawn_close_from(&actions, 3)
    if let folder = options.folder { qs_spawn_folder(&actions, folder) }

    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    var flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    switch options.group {
    case .ours: break
    case .own:
      posix_spawnattr_setpgroup(&attributes, 0)
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
    case .ownSession: flags |= Int32(qs_spawn_setsid())
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let environment = (options.environment ?? Host.environment).map { "\($0.key)=\($0.value)" }
    var pid: pid_t = 0
    let failed = withCStrings(arguments) { arguments in
      withCStrings(environment.sorted()) { environment in
        posix_spawnp(&pid, program, &actions, &attributes, arguments, environment)
      }
    }
    guard failed == 0 else { throw FileError("start", program, failed) }
    return pid
  }

  private static func connect(
    _ actions: inout posix_spawn_file_actions_t, _ number: Int32, _ stream: ChildProcess.Stream
  ) {
    switch stream {
    case .inherited: break
    case .null: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
    case .file(let path):
      let flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
      posix_spawn_file_actions_addopen(&actions, number, path, flags, 0o600)
    case .descriptor(let descriptor):
      posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    }
  }

  /// Lends a null-terminated array of C strings; all of it is freed afterwards.
  private static func withCStrings<Value>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(&pointers)
  }
}
