import HTTP
public import HTTPClient
public import Kit

/// A model behind an OpenAI-compatible server.
public struct ModelAccount: Sendable {
  /// With its version: `http://127.0.0.1:11434/v1`.
  public var url: String
  public var key: String?
  public var name: String
  /// Of one answer.
  public var deadline: Duration

  public init(url: String, key: String?, name: String, deadline: Duration = .seconds(60)) {
    self.url = url
    self.key = key
    self.name = name
    self.deadline = deadline
  }
}

/// The model that an assistant asks. It proposes; nothing that it says is believed.
public struct ChatModel: Sendable {
  /// Tries of one answer.
  static let triesMax = 3
  static let answerBytesMax = 1 << 20
  /// A server that asks for a longer pause is not waited for.
  static let pauseMax = Duration.seconds(10)

  var complete: @Sendable ([ChatMessage], [FunctionTool]) async throws(ModelTrouble) -> ModelReply

  public static func live(_ account: ModelAccount, http: HTTPClient, log: Log) -> ChatModel {
    ChatModel { (messages, tools) throws(ModelTrouble) in
      let body = JSON.object([
        ("model", .string(account.name)), ("messages", .array(messages.map(\.json))),
        ("tools", .array(tools.map(\.json))), ("tool_choice", "auto"), ("temperature", 0),
        ("stream", false),
      ]).bytes
      var pause = Duration.milliseconds(500)
      var last = ModelTrouble(words: "it was not asked")
      for round in 0..<triesMax {
        if round > 0 { try? await Task.sleep(for: pause) }
        guard !Task.isCancelled else { throw ModelTrouble(words: "cancelled") }
        pause = pause * 2
        do throws(HTTPClientError) {
          let response = try await http.send(account.request(body))
          if response.status == 200, let json = try? JSONValue.parse(response.body),
            let reply = ModelReply(json)
          {
            return reply
          }
          last = ModelTrouble(words: "it answered \(response.status)")
          // What is wrong with the request stays wrong.
          if (400..<500).contains(response.status), response.status != 429, response.status != 408 {
            break
          }
          if let wait = response.headers["Retry-After"].flatMap({ Int($0) }) {
            guard wait >= 0, .seconds(wait) <= pauseMax else { break }
            pause = max(pause, .seconds(wait))
          }
        } catch {
          last = ModelTrouble(words: error.message)
        }
      }
      log.warning("the model did not answer", ["why": last.words])
      throw last
    }
  }
}

/// The model could not be asked, or said nothing that can be read. Safe to show.
struct ModelTrouble: Error, Sendable {
  var words: String
}

extension ModelAccount {
  fileprivate func request(_ body: [UInt8]) -> HTTPClientRequest {
    var request = HTTPClientRequest(
      method: "POST", url: url + "/chat/completions",
      headers: ["Content-Type": "application/json", "Accept": "application/json"], body: body,
      deadline: deadline, maxResponseBytes: ChatModel.answerBytesMax)
    if let key { request.headers["Authorization"] = "Bearer " + key }
    return request
  }
}
