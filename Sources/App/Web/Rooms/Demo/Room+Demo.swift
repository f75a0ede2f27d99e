import HTTP
import People

/// What the demo lets happen outside, by a button; each tells in words what it did.
public struct DemoActs: Sendable {
  public typealias Deed = @Sendable () async -> String

  public var sendOrder: Deed
  public var breakSomething: Deed
  /// `nil` where there is nobody to write.
  public var writeMessage: Deed?

  public init(
    sendOrder: @escaping Deed, breakSomething: @escaping Deed, writeMessage: Deed? = nil
  ) {
    self.sendOrder = sendOrder
    self.breakSomething = breakSomething
    self.writeMessage = writeMessage
  }
}

extension Room {
  /// The hand of the outside world. There is no such room but in a demo.
  public static func demo(_ acts: DemoActs) -> Room {
    var routes: [PageRoute] = [
      .get("/demo", .actOnOrders) { visit in
        try await visit.page("Demo", in: .demo, DemoPage(visit: visit, acts: acts).markup())
      },
      .post("/demo/order", .actOnOrders) { visit in
        try await visit.done(.demo, await acts.sendOrder())
      },
      .post("/demo/break", .actOnOrders) { visit in
        try await visit.done(.demo, await acts.breakSomething(), .warn)
      },
    ]
    if let write = acts.writeMessage {
      routes.append(
        .post("/demo/message", .actOnOrders) { visit in
          try await visit.done(.demo, await write())
        })
    }
    return Room(
      "Demo", at: .demo, sees: .actOnOrders, icon: "M7 4l13 8-13 8z", routes: routes)
  }
}

extension Path {
  static let demo = Path("/demo")
}

/// Buttons that make the outside world do something.
struct DemoPage: Sendable {
  let visit: Visit
  let acts: DemoActs

  func markup() -> Markup {
    Tag.h1 { "Demo" }
      + Tag.p(.class("lead")) {
        "Marketplace and carrier are simulated. Make them do something, then watch the other rooms."
      }
      + Tag.div(.class("two")) {
        card(
          "An order",
          "A customer buys something. Quayside accepts it, buys its label and ships it.",
          "Send me an order", "order", .main)
        if acts.writeMessage != nil {
          card(
            "A message", "A customer asks about an order. It shows up in the inbox.",
            "Write me a message", "message", .main)
        }
        card(
          "Trouble", "Something outside fails in the middle. Watch that nothing happens twice.",
          "Break something", "break", .danger)
      }
  }

  private func card(
    _ name: String, _ words: String, _ button: String, _ act: String, _ kind: ButtonKind
  ) -> Markup {
    Parts.section(act, name) {
      Tag.div(.class("card-body")) {
        Tag.p { words }
        visit.button(button, to: Path.demo.segment(act), kind)
      }
    }
  }
}
