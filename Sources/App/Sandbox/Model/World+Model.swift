import HTTP
import Kit

extension World {
  /// `{"script":[{"content":"..."}],"repeats":false}`: what the model says next, line by line; after it
  /// the clerk goes on, unless the last line repeats.
  func putModel(_ request: HTTPRequest) -> Reply {
    guard let body = try? JSONValue.parse(request.body), let script = body["script"],
      script.kind == .array
    else { return .json(["error": "script must be a list"], status: 400) }
    model.set(script.elements, repeats: body["repeats"]?.bool ?? false)
    return .noContent
  }
}
