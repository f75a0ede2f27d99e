import Cryptography
import HTTP
import Kit
import Ledger
import People

extension Room {
  /// Accounts, roles and the audit trail; and one's own account.
  static let people = Room(
    "People", at: .people, sees: .managePeople,
    icon: "M12 12a4 4 0 1 0-4-4 4 4 0 0 0 4 4zm-8 8v-1c0-3 4-5 8-5s8 2 8 5v1z",
    routes: [
      .get("/people", .managePeople) { visit in
        let page = PeoplePage(visit: visit, people: try await visit.ledger.people())
        return try await visit.page("People", in: .people, page.markup())
      },
      .post("/people", .managePeople) { visit in
        let person = try await newPerson(visit)
        guard try await visit.ledger.add(person, by: visit.actor) != nil else {
          throw PageProblem.refused("Somebody is called “\(person.name)” already.")
        }
        return try await visit.done(
          .people, "\(person.fullName) may come in now, as \(person.role.words.lowercased()).")
      },
      .post("/people/{name}/role", .managePeople) { visit in
        guard let role = visit.form["role"].flatMap({ Role(rawValue: $0) }) else {
          throw PageProblem.unclear("Choose a role.")
        }
        return try await change(
          visit, PersonChange(name: visit["name"], role: role), "person.role", role.rawValue,
          said: "\(visit["name"]) is \(role.words.lowercased()) from now on.")
      },
      .post("/people/{name}/disable", .managePeople) { visit in
        try await change(
          visit, PersonChange(name: visit["name"], isDisabled: true), "person.disable", "",
          said: "\(visit["name"]) may not come in any more, and is signed out.")
      },
      .post("/people/{name}/enable", .managePeople) { visit in
        try await change(
          visit, PersonChange(name: visit["name"], isDisabled: false), "person.enable", "",
          said: "\(visit["name"]) may come in again.")
      },
      .post("/people/{name}/password", .managePeople) { visit in
        let hash = try await newPassword(visit, of: visit["name"])
        return try await change(
          visit,
          PersonChange(
            name: visit["name"], passwordHash: hash,
            sparedSession: visit["name"] == visit.session.name ? visit.session.digest : nil),
          "person.password", "", said: "\(visit["name"]) has a new password; tell them.")
      },
      .get("/people/audit", .readAudit) { visit in
        let page = try await AuditPage(visit)
        return try await visit.page("Audit trail", in: .people, page.markup())
      },
      .get("/account", .readOrders) { visit in
        try await visit.page("Your account", in: .account, AccountPage(visit: visit).markup())
      },
      .post("/account/password", .readOrders) { visit in
        guard let known = try await visit.ledger.password(of: visit.session.name),
          await Scrypt.verify(visit.form.raw("present") ?? "", against: known.hash)
        else { throw PageProblem.refused("That is not your present password.") }
        let hash = try await newPassword(visit, of: visit.session.name)
        let change = PersonChange(
          name: visit.session.name, passwordHash: hash, sparedSession: visit.session.digest)
        _ = try await visit.ledger.change(change, by: visit.actor, as: "person.own_password")
        return try await visit.done(
          .account, "Your password is new. Other browsers have to sign in again.")
      },
    ])

  private static func newPerson(_ visit: Visit) async throws -> NewPerson {
    guard let name = visit.form["name"].flatMap(SignInRules.name) else {
      throw PageProblem.unclear(
        "A name has 2 to 60 letters, digits, dots, dashes, or is an e-mail address.")
    }
    let fullName = try visit.form.text("full_name", "The full name", max: SignInRules.fullNameMax)
    guard let role = visit.form["role"].flatMap({ Role(rawValue: $0) }) else {
      throw PageProblem.unclear("Choose a role.")
    }
    return NewPerson(
      name: name, fullName: fullName, role: role,
      passwordHash: try await newPassword(visit, of: name))
  }

  private static func newPassword(_ visit: Visit, of name: String) async throws -> String {
    let password = visit.form.raw("password") ?? ""
    if let problem = SignInRules.problem(withPassword: password, name: name) {
      throw PageProblem.unclear(problem)
    }
    return try await Scrypt.hash(password)
  }

  private static func change(
    _ visit: Visit, _ change: PersonChange, _ action: String, _ detail: String, said: String
  ) async throws -> HTTPResponse {
    guard try await visit.ledger.change(change, by: visit.actor, as: action, detail) else {
      throw PageProblem.refused(
        "There is nobody called “\(change.name)”, or they are the last owner: somebody has to be one."
      )
    }
    return try await visit.done(.people, said)
  }
}
