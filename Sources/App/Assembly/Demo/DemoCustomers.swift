import Conversations
import CustomerService
import Kit
import Ledger
import People
import Sandbox

/// The demo's customers: five conversations to begin with, and one more whenever it is asked for.
struct DemoCustomers: Sendable {
  let sandbox: Sandbox

  private struct Line {
    var who = "customer"
    var text: String
    var hoursAgo: Double
    var files: [(name: String, bytes: [UInt8])] = []
  }

  /// - Parameter orders: some of those that were placed.
  func writeFirst(about orders: [String]) {
    guard orders.count >= 5 else { return }
    tell(
      orders[0], "Where is my order?",
      [Line(text: "Hello, I ordered a laptop and hear nothing. When does it ship?", hoursAgo: 3)])
    tell(
      orders[1], "Livraison",
      [
        Line(
          text: "Bonjour, est-ce que la livraison est possible au bureau de poste? Merci!",
          hoursAgo: 21)
      ])
    tell(
      orders[2], "Wrong keyboard",
      [
        Line(text: "The keyboard has French keys, I wanted English ones.", hoursAgo: 50),
        Line(
          who: "shop", text: "We are sorry to hear that. Could you send us a picture of it?",
          hoursAgo: 44),
        Line(
          text: "<p>Here it is.</p><p>Thanks &amp; regards</p>", hoursAgo: 26,
          files: [("keyboard.txt", Array("a picture, in a demo\n".utf8))]),
      ])
    tell(
      orders[3], "Invoice",
      [
        Line(text: "Could I have an invoice with our company's name on it?", hoursAgo: 30),
        Line(
          who: "shop", text: "Of course. You find it attached to this message.", hoursAgo: 28),
        Line(text: "Perfect, thank you!", hoursAgo: 27.5),
        Line(who: "shop", text: "You are welcome.", hoursAgo: 27),
      ])
    tell(
      orders[4], "RAM upgrade",
      [
        Line(text: "Is the 32 GB version really 2 × 16 GB, or one module?", hoursAgo: 12),
        Line(who: "shop", text: "Two modules of 16 GB, in dual channel.", hoursAgo: 11),
      ])
  }

  private func tell(_ order: String, _ topic: String, _ lines: [Line]) {
    var thread: String?
    for line in lines {
      let at = Timestamp.now() - .seconds(Int64(line.hoursAgo * 3_600))
      if line.who == "shop", let thread {
        sandbox.writeAsShop(line.text, thread: thread, at: at)
      } else {
        thread = sandbox.write(
          line.text, thread: thread, order: order, topic: topic, at: at, files: line.files)
      }
    }
  }

  /// The seed's rule, tried and armed: whoever writes from now on gets a first answer.
  static func armRule(_ installation: Installation) async throws {
    let service = installation.customerService()
    let actor = Actor.commandLine("demo")
    guard
      let rule = try await installation.ledger.rules().first(where: { $0.name == "First answer" }),
      !rule.isArmed
    else { return }
    var conditions = rule.conditions
    conditions.oldAfter = .hours(72)
    let id = try await service.save(
      RuleDraft(
        id: rule.id, name: rule.name, position: rule.position, templateID: rule.templateID,
        conditions: conditions, timeZone: rule.timeZone, delay: .seconds(20)), by: actor)
    guard let run = try await service.dryRun(rule: id, by: actor) else { return }
    try await service.arm(rule: id, version: run.rule.version, by: actor)
  }

  private static let questions = [
    "Hello, can I still change the address of my order?",
    "Bonjour, ma commande est-elle déjà expédiée?",
    "The parcel says delivered but I did not get it. Please help!",
    "Can I add a second SSD to this laptop?",
  ]

  /// "Write me a message": somebody new asks something.
  /// - Returns: the thread's id.
  func writeOne(about order: String?, number: Int) -> String? {
    sandbox.write(
      Self.questions[number % Self.questions.count], order: order,
      topic: "Question about my order")
  }
}
