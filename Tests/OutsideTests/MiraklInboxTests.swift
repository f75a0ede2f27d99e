import HTTP
import HTTPClient
import Kit
import Mirakl
import Testing

@Suite("The marketplace's inbox")
struct MiraklInboxTests {
  private func client(_ stub: Stub) -> MiraklClient {
    .live(
      MiraklAccount(shopID: "bby", baseURL: stub.url, apiKey: "k3y", miraklShopID: 2_001),
      http: stub.http, deadline: .seconds(60))
  }

  @Test("an answer goes as a form of a JSON part and its files; its record holds no file")
  func reply() async throws {
    try await Stub.with { _ in
      .json(["message_id": "m-1", "thread_id": "t-1"], status: 201)
    } _: { stub in
      let bytes: [UInt8] = [0, 13, 10, 45, 45, 255]
      let answer = await client(stub).reply(
        "t/1",
        MiraklReply(
          body: "Bonjour,<br />\nà bientôt",
          to: [.init(type: "CUSTOMER", id: "c-4410"), .init(type: "OPERATOR")],
          files: [.init(name: "Fa\"cture\r\né.pdf", contentType: "application/pdf", bytes: bytes)]))
      #expect(answer.value == "m-1")
      let request = try #require(stub.requests.first)
      #expect(request.rawPath == "/api/inbox/threads/t%2F1/message" && request.method == "POST")
      #expect(request.query("shop_id") == "2001")
      let parts = try Multipart.parse(
        request.body, contentType: request.headers["Content-Type"] ?? "")
      #expect(parts.map(\.name) == ["message_input", "files"])
      #expect(parts[0].contentType == "application/json")
      let input = try JSONValue.parse(Array(parts[0].body))
      #expect(input["body"]?.string == "Bonjour,<br />\nà bientôt")
      #expect(input["to"]?.elements.map { $0["id"]?.string } == ["c-4410", nil])
      #expect(Array(parts[1].body) == bytes)
      #expect(parts[1].filename?.allSatisfy { $0.isASCII && !$0.isNewline } == true)
      #expect(answer.call.requestBody == Array(parts[0].body))
    }
  }

  @Test("what an answer's error means: a page or a breakdown proves nothing, a 400 is a refusal")
  func errors() async throws {
    for (status, body, isUnknown) in [
      (500, "{}", true), (502, "<html></html>", true), (200, "<html>login</html>", true),
      (400, #"{"status":400,"message":"no"}"#, false),
    ] {
      try await Stub.with { _ in
        .bytes(Array(body.utf8), type: "application/json", status: status)
      } _: { stub in
        let answer = await client(stub).reply("t", MiraklReply(body: "abc", to: []))
        #expect(answer.error?.classification.isUnknown == isUnknown, "\(status) \(body)")
        if !isUnknown { #expect(answer.error?.classification.isRefused == true) }
      }
    }
  }

  @Test("threads are asked for by their last change, then by token alone; bodies are not kept")
  func threads() async throws {
    try await Stub.with { _ in
      .json(
        .raw(
          #"{"data":[{"id":"t","date_updated":"2026-03-04T15:06:07Z"}],"next_page_token":"a=b.c+d"}"#
        ))
    } _: { stub in
      var query = MiraklThreadQuery()
      query.updatedSince = Timestamp(microseconds: 1_772_636_767_089_999)
      let first = await client(stub).threads(query)
      #expect(first.value?.threads.map(\.id) == ["t"])
      query.pageToken = first.value?.nextPageToken
      _ = await client(stub).threads(query)
      #expect(stub.requests[0].query("updated_since") == "2026-03-04T15:06:07.089Z")
      #expect(stub.requests[0].query("with_messages") == "true")
      #expect(stub.requests[1].query("page_token") == "a=b.c+d")
      #expect(stub.requests[1].query("updated_since") == nil)
      #expect(!String(decoding: first.call.responseBody, as: UTF8.self).contains("next_page"))
    }
  }

  @Test("odd threads are read as far as they go")
  func lenient() throws {
    let text = """
      {"data": [{}, 7, null, {"id": "t", "messages": [{"id": "m"}, {"body": 3,
      "id": "n", "date_created": "2026-03-04T15:06:07.001Z", "from": {"type": "NEW_USER"}},
      {"id": "l", "date_created": "2026-03-04T15:06:07Z"}], "no_store_reply_needed":
      [{"user_type": "SHOP", "date": "2026-03-05T00:00:00Z"}]}], "next_page_token": null}
      """
    let page = try MiraklThreadPage.page(from: Array(text.utf8))
    #expect(page.nextPageToken == nil)
    let thread = try #require(page.threads.last)
    #expect(thread.messages.map(\.id) == ["l", "n"])
    #expect(thread.messages.last?.fromType == "NEW_USER" && thread.noReplyNeededAt != nil)
    #expect(throws: OutsideError.self) { try MiraklThreadPage.page(from: Array("[]".utf8)) }
  }

  @Test(
    "the marketplace's own examples are read, and what we send is what it describes",
    .enabled(if: Fixtures.areThere, "\(Fixtures.hint)"))
  func examples() throws {
    for index in 0...1 {
      let one = try Fixtures.bytes("mirakl/examples/M10-response-200-\(index).json")
      let thread = try MiraklThread.thread(from: one)
      #expect(thread.id != nil && !thread.messages.isEmpty && thread.updated != nil)
      let list = try Fixtures.bytes("mirakl/examples/M11-response-200-\(index).json")
      #expect(try MiraklThreadPage.page(from: list).threads.count == 1)
    }
    let api = OpenAPI(root: try JSONValue.parse(try Fixtures.bytes("mirakl/seller-openapi.json")))
    let known = api.parameters("M11").union(["page_token", "limit"])
    var query = MiraklThreadQuery()
    query.updatedSince = .now()
    for part in query.text.split(separator: "&") {
      #expect(known.contains(String(part.prefix { $0 != "=" })), "\(part)")
    }
  }
}
