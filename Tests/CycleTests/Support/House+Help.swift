import HTTP
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Orders
import People
import Sandbox
import Testing

extension House {
  /// What OR11 answers now, as somebody would save it.
  func savedAnswer() async throws -> [UInt8] {
    let account = shops[0].settings.mirakl
    let http = HTTPClient(
      .init(allowedOrigins: Set([Origin(url: sandbox.baseURL)].compactMap { $0 })))
    let answer = try await http.send(
      HTTPClientRequest(
        method: "GET", url: "\(sandbox.baseURL)/api/orders?max=100&paginate=false",
        headers: ["Authorization": account.apiKey, "Accept": "application/json"]))
    try #require(answer.status == 200)
    return answer.body
  }

  /// What a person does whom somebody asks: tries again.
  func retryAllThatNeedPeople() async throws {
    for order in try await orders().values where order.needs != nil {
      do { _ = try await desk.retry(order.orderID, by: "tester") } catch is Desk.Refusal {}
    }
  }

  func need(_ id: String) async throws -> String? { try await orders()[id]?.needs }

  /// `previous>status` of each row, oldest first.
  func history(_ id: String) async throws -> [String] {
    try await ask(
      "select previous_status || '>' || status from order_status_history"
        + " where order_id = '\(id)' order by history_id"
    ).compactMap { $0 }
  }

  func effectStates(_ kind: String) async throws -> [String] {
    try await ask("select state from effects where kind = '\(kind)' order by effect_id")
      .compactMap { $0 }
  }

  /// Files of labels, wherever they lie.
  var labelFiles: [String] {
    Folder.names(in: folder + "/labels").flatMap { shelf in
      Folder.names(in: "\(folder)/labels/\(shelf)").map { "\(folder)/labels/\(shelf)/\($0)" }
    }
  }
}

func shipped(
  _ house: House, _ ids: [String], at location: SourceLocation = #_sourceLocation
) async throws {
  if try await house.work(at: location, until: { try await house.are(ids, .shipped) }) {
    expectShippedOnce(house, ids, at: location)
  }
}
