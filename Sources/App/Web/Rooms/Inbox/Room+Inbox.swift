import Conversations
import CustomerService
import HTTP
import Kit
import Ledger
import People

extension Path {
  static let inbox = Path("/inbox")
  static let inboxRules = Path("/inbox/rules")
  static let inboxTemplates = Path("/inbox/templates")
  static func thread(_ id: Int64) -> Path { inbox.segment(String(id)) }
  static func rule(_ id: Int64) -> Path { inboxRules.segment(String(id)) }
}

extension Room {
  static let inboxScript = Asset("inbox.js", PackageResources.inbox_js)

  /// Customers' messages with their orders beside them: read, answered, noted, put away.
  static let inbox = Room(
    "Inbox", at: .inbox, sees: .readInbox,
    icon: "M4 4h16l1 11v5H3v-5zm1.8 2-.7 8H9l1.5 2h3L15 14h3.9l-.7-8z",
    assets: [Asset("inbox.css", PackageResources.inbox_css), inboxScript],
    routes: [
      .get("/inbox", .readInbox) { visit in
        let page = try await InboxPage(visit)
        return try await visit.page(
          "Inbox", in: .inbox, scripts: [inboxScript], page.markup())
      },
      .get("/inbox/templates", .readInbox) { visit in
        let page = TemplatesPage(visit: visit, templates: try await visit.ledger.templates())
        return try await visit.page("Templates", in: .inbox, page.markup())
      },
      .post("/inbox/templates", .answerCustomers) { try await InboxActs.saveTemplate($0) },
      .get("/inbox/rules", .readInbox) { visit in
        let page = RulesPage(visit: visit, rules: try await visit.ledger.rules())
        return try await visit.page("Automatic answers", in: .inbox, page.markup())
      },
      .get("/inbox/rules/{rule}", .readInbox) { visit in
        let page = try await RulePage(visit)
        return try await visit.page(page.name, in: .inbox, page.markup())
      },
      .post("/inbox/rules/{rule}", .answerCustomers) { try await InboxActs.saveRule($0) },
      .post("/inbox/rules/{rule}/try", .answerCustomers) { visit in
        let page = try await RulePage(visit, tries: true)
        return try await visit.page(page.name, in: .inbox, page.markup())
      },
      .post("/inbox/rules/{rule}/arm", .answerCustomers) { try await InboxActs.armRule($0) },
      .post("/inbox/rules/{rule}/disarm", .answerCustomers) { try await InboxActs.disarmRule($0) },
      .get("/inbox/files/{file}", .readPersonalData) { try await InboxActs.file($0) },
      .post("/inbox/messages/{message}/retry", .answerCustomers) {
        try await InboxActs.retry($0)
      },
      .post("/inbox/messages/{message}/discard", .answerCustomers) {
        try await InboxActs.discard($0)
      },
      .get("/inbox/{thread}", .readInbox) { visit in
        let page = try await ThreadView(visit)
        return try await visit.page(
          page.name, in: .inbox, scripts: [inboxScript], page.markup())
      },
      .post("/inbox/{thread}/reply", .answerCustomers, bodyBytesMax: Website.bodyBytesMax) {
        try await InboxActs.reply($0)
      },
      .post("/inbox/{thread}/note", .answerCustomers) { try await InboxActs.note($0) },
      .post("/inbox/{thread}/status", .answerCustomers) { try await InboxActs.setStatus($0) },
      .post("/inbox/{thread}/presence", .readInbox) { try await InboxActs.presence($0) },
      .get("/inbox/{thread}/template.json", .answerCustomers) {
        try await InboxActs.fillTemplate($0)
      },
    ])
}

extension Visit {
  /// - Throws: `PageProblem` where this site has no customer service behind it.
  var customers: CustomerService {
    get throws(PageProblem) {
      guard let customers = services.customers else {
        throw .refused("This site answers no customers.")
      }
      return customers
    }
  }

  /// A number in the address.
  func number(_ name: String, _ what: String) throws(PageProblem) -> Int64 {
    guard let number = Int64(self[name]), number > 0 else {
      throw .notFound("There is no \(what) “\(self[name])”.")
    }
    return number
  }

  /// A customer's name, for those who need it.
  func customer(_ name: String?) -> String {
    guard let name, !name.isEmpty else { return "Unknown customer" }
    return can(.readPersonalData) ? name : Mask.name(name)
  }

  /// What a conversation is about, often in its customer's own words; its number where there are none, or
  /// where they are not for this person.
  func topic(_ topic: String, of id: Int64) -> String {
    topic.isEmpty || !can(.readPersonalData) ? "Conversation \(id)" : topic
  }
}
