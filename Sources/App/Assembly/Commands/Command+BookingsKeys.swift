import Booking
import Bookings
import Kit
import Ledger

extension Command {
  static let key = Command(
    name: "key", summary: "Makes or lists a business's API keys, or revokes one.",
    usage: "key new|list BUSINESS | key revoke KEY_ID",
    details: """
      The secret is printed once and kept nowhere. An agent's key reads what it booked and books what
      customers confirmed; a person's key books, moves, edits and cancels orders, approves drafts
      beyond the limits, and changes catalogue and slots. A revoked key holds for 5 more seconds at
      most; list tells which there are, revoked ones too, and when each was used last, to the minute.
      """,
    options: [
      .init(name: "kind", value: "agent|staff", meaning: "who will hold it (agent)"),
      .init(name: "name", value: "NAME", meaning: "to tell it from others"),
      .init(
        name: "scopes", value: "A,B",
        meaning: "of " + Scope.allCases.map(\.rawValue).joined(separator: ", ")), json,
    ], words: 2...2
  ) { arguments, context in
    let (verb, id) = (arguments.words[0], arguments.words[1])
    switch verb {
    case "new":
      let kindName = arguments.text("kind") ?? "agent"
      guard let kind = Principal.Kind(rawValue: kindName) else {
        throw UsageError(command: "key", "--kind takes agent or staff")
      }
      let scopes = try arguments.text("scopes").map { (text) throws(UsageError) in
        try Scope.read(text)
      }
      let made = try await reading(context) { installation in
        try await installation.bookings.makeKey(
          for: id, name: arguments.text("name") ?? kindName, kind: kind, scopes: scopes)
      }
      if arguments.has("json") {
        context.print(
          JSON.object([
            ("key_id", .string(made.principal.keyID)), ("secret", .string(made.secret)),
            ("kind", .string(kind.rawValue)),
            (
              "scopes",
              .array(made.principal.scopes.map(\.rawValue).sorted().map(JSON.string))
            ),
          ]).text)
      } else {
        context.print(made.secret)
        context.printError("this is \(made.principal.keyID); the secret is not shown again")
      }
    case "list":
      let keys = try await reading(context) { installation in
        _ = try await installation.bookings.business(id)
        return try await installation.ledger.keys(of: id)
      }
      context.print(
        arguments.has("json")
          ? JSON.array(keys.map(\.json)).text
          : Table.text(
            ["key", "name", "kind", "created", "last used", "revoked"], keys.map(\.columns)))
    case "revoke":
      let wasThere = try await reading(context) { try await $0.ledger.revokeKey(id) }
      guard wasThere else { throw NotFound(description: "there is no key '\(id)' that holds") }
    default: throw UsageError(command: "key", "knows new, list and revoke")
    }
    return ExitStatus.fine
  }

  static let signingKey = Command(
    name: "signing-key", summary: "Shows what evidence is signed with, or has a new key sign.",
    usage: "signing-key [--new]",
    details: """
      Prints the public keys as a JSON Web Key Set, the newest first, as /api/keys.json does: what
      tools/verify-evidence --keys takes. The private key is in the database and is never shown.
      """,
    options: [.init(name: "new", meaning: "from now on another key signs; the old ones stay known")]
  ) { arguments, context in
    let keys = try await reading(context) { installation -> JSON in
      if arguments.has("new") { try await installation.bookings.replaceSigningKey() }
      return try await installation.bookings.publicKeys()
    }
    context.print(keys.text)
    return ExitStatus.fine
  }
}

extension APIKey {
  fileprivate var columns: [String] {
    [
      principal.keyID, name, principal.kind.rawValue, createdAt.short, lastUsedAt?.short ?? "never",
      revokedAt?.short ?? "",
    ]
  }
}

extension Scope {
  fileprivate static func read(_ text: String) throws(UsageError) -> Set<Scope> {
    var scopes: Set<Scope> = []
    for name in text.split(separator: ",") {
      guard let scope = Scope(rawValue: String(name)) else {
        throw UsageError(
          command: "key",
          "no scope '\(name)'; there are " + allCases.map(\.rawValue).joined(separator: ", "))
      }
      scopes.insert(scope)
    }
    return scopes
  }
}
