import Cryptography
import HTTP
import People

extension Room {
  /// A conversation with an assistant, for a demo: whoever is signed in plays the customer.
  public static func assistant(_ desk: TalkDesk) -> Room {
    Room(
      "Chat", at: .talk, sees: .readOrders, icon: "M4 5h16v11H9l-5 4z",
      assets: [Asset("talk.css", PackageResources.talk_css)],
      routes: [
        .get("/chat", .readOrders) { visit in
          let state = await desk.state(key(visit))
          return try await visit.page(
            "Order by chat", in: .talk, TalkPage(visit: visit, talk: state).markup())
        },
        .post("/chat", .actOnOrders) { visit in
          let words = try visit.form.text("words", "What you say", max: TalkPage.wordsMax)
          await desk.hear(key(visit), words)
          return .redirect(to: .talk)
        },
        .post("/chat/anew", .actOnOrders) { visit in
          await desk.beginAnew(key(visit))
          return .redirect(to: .talk)
        },
      ])
  }

  private static func key(_ visit: Visit) -> String { Hex.encode(visit.session.digest) }
}
