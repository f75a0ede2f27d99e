import Cryptography
import Kit
import Ledger
import People

extension Command {
  static let user = Command(
    name: "user", summary: "Adds, lists or disables an account of the pages, or sets its password.",
    usage: "user list | user add|disable|password NAME [--role ROLE]",
    details: """
      Without --password one is made at random and printed once. The very first page that anybody opens
      makes the owner, unless an account was added here before. disable ends the account's sessions;
      what it did keeps its name. A new password ends them too.
      """,
    options: [
      .init(
        name: "role", value: "ROLE",
        meaning: Role.allCases.map(\.rawValue).joined(separator: ", ") + " (viewer)"),
      .init(name: "name", value: "FULL NAME", meaning: "what people call them (NAME)"),
      .init(name: "password", value: "FILE", meaning: "read it from this file's first line"), json,
    ], words: 1...2
  ) { arguments, context in
    let verb = arguments.words[0]
    let name = arguments.words.dropFirst().first.flatMap { SignInRules.name($0) }
    guard (verb == "list") == (arguments.words.count == 1) else {
      throw UsageError(command: "user", "list stands alone; add, disable and password take a NAME")
    }
    guard verb == "list" || name != nil else {
      throw UsageError(
        command: "user", "a name has 2 to 60 letters, digits, dots, dashes, or is an e-mail address"
      )
    }
    let actor = Actor.commandLine(context.actor)
    switch verb {
    case "list":
      let people = try await reading(context) { try await $0.ledger.people() }
      context.print(
        arguments.has("json")
          ? JSON.array(people.map(\.json)).text
          : Table.text(["name", "full name", "role", "state"], people.map(\.columns)))
    case "add":
      guard let role = Role(rawValue: arguments.text("role") ?? "viewer") else {
        throw UsageError(command: "user", "--role takes owner, agent, packer or viewer")
      }
      let password = try Password(arguments, for: name ?? "")
      let hash = try await Scrypt.hash(password.text)
      let person = NewPerson(
        name: name ?? "", fullName: String((arguments.text("name") ?? name ?? "").prefix(80)),
        role: role, passwordHash: hash)
      guard try await reading(context, { try await $0.ledger.add(person, by: actor) }) != nil else {
        throw UsageError(command: "user", "somebody is called '\(person.name)' already")
      }
      password.tell(context)
    case "disable":
      let change = PersonChange(name: name ?? "", isDisabled: true)
      try await Self.change(change, by: actor, as: "person.disable", context)
    case "password":
      let password = try Password(arguments, for: name ?? "")
      let hash = try await Scrypt.hash(password.text)
      let change = PersonChange(name: name ?? "", passwordHash: hash, isDisabled: false)
      try await Self.change(change, by: actor, as: "person.password", context)
      password.tell(context)
    default: throw UsageError(command: "user", "knows add, list, disable and password")
    }
    return ExitStatus.fine
  }

  private static func change(
    _ change: PersonChange, by actor: Actor, as action: String, _ context: Context
  ) async throws {
    let isDone = try await reading(context) {
      try await $0.ledger.change(change, by: actor, as: action)
    }
    guard isDone else {
      throw NotFound(
        description: "there is nobody called '\(change.name)', or they are the last owner")
    }
  }
}

/// Given in a file, or made here and told once.
struct Password {
  let text: String
  let isMade: Bool

  init(_ arguments: Arguments, for name: String) throws {
    guard let file = arguments.text("password") else {
      text = Self.random()
      isMade = true
      return
    }
    let bytes = try FileBytes.read(file, limit: SignInRules.passwordBytesMax + 2)
    text = String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
    isMade = false
    if let problem = SignInRules.problem(withPassword: text, name: name) {
      throw UsageError(command: "user", problem)
    }
  }

  /// 100 bits in five groups that can be read out.
  static func random() -> String {
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789".utf8)
    let groups = (0..<5).map { _ in
      String(decoding: SecureRandom.bytes(4).map { letters[Int($0) % 31] }, as: UTF8.self)
    }
    return groups.joined(separator: "-")
  }

  func tell(_ context: Context) {
    guard isMade else { return }
    context.print(text)
    context.printError("this is the password; it is not shown again")
  }
}

extension PersonSummary {
  fileprivate var state: String { disabledAt == nil ? "may come in" : "disabled" }
  fileprivate var columns: [String] { [name, fullName, role.rawValue, state] }
  fileprivate var json: JSON {
    [
      "name": .string(name), "full_name": .string(fullName), "role": .string(role.rawValue),
      "is_disabled": .bool(disabledAt != nil), "created_at": .string(createdAt.iso8601),
      "seen_at": .optional(seenAt),
    ]
  }
}
