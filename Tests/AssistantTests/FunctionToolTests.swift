import Assistant
import Booking
import BookingAPI
import Kit
import Testing

@Suite("Tools as functions")
struct FunctionToolTests {
  /// Every object in it takes all of its members and no other.
  private func expectStrict(_ schema: JSONValue?, _ path: String) {
    guard let schema else { return }
    let types =
      schema["type"]?.kind == .array
      ? schema["type"]?.elements.compactMap(\.string) ?? [] : [schema["type"]?.string ?? ""]
    if types.contains("object") {
      let names = schema["properties"]?.members.map(\.key) ?? []
      #expect(schema["required"]?.elements.compactMap(\.string) == names, "\(path)")
      #expect(schema["additionalProperties"]?.bool == false, "\(path)")
      for (name, value) in schema["properties"]?.members ?? [] {
        expectStrict(value, path + "." + name)
      }
    }
    if types.contains("array") { expectStrict(schema["items"], path + "[]") }
    for word in ["pattern", "minLength", "maxLength", "format", "default"] {
      #expect(schema[word] == nil, "\(path) \(word)")
    }
  }

  @Test(
    "they are strict, and made of the API's own definitions", arguments: Principal.Kind.allCases)
  func strict(_ kind: Principal.Kind) throws {
    let tools = FunctionTool.all(for: kind)
    #expect(tools.count == (kind == .agent ? 19 : 20), "\(tools.map(\.tool.name))")
    for tool in tools {
      let json = try JSONValue.parse(tool.json.bytes)
      #expect(json["type"]?.string == "function")
      #expect(json["function"]?["strict"]?.bool == true)
      #expect(json["function"]?["name"]?.string == tool.tool.name)
      expectStrict(json["function"]?["parameters"], tool.tool.name)
      let flat = try JSONValue.parse(tool.flatJSON.bytes)
      #expect(flat["name"]?.string == tool.tool.name && flat["parameters"] != nil)
    }
  }

  @Test("what may be left out may be null, and the API takes it so")
  func nulls() throws {
    let tool = try #require(FunctionTool.all(for: .agent).first { $0.tool.name == "set_details" })
    let json = try JSONValue.parse(tool.json.bytes)
    let notes = json["function"]?["parameters"]?["properties"]?["notes"]
    #expect(notes?["type"]?.elements.compactMap(\.string) == ["string", "null"])
    let arguments = try JSONValue.parse(
      JSON.object([
        ("draft_id", "018f9d2e-7c51-7a43-9a57-2b6d0b6f5c11"), ("customer_name", .null),
        ("customer_phone", .null), ("notes", .null), ("slot_id", .null),
        ("allow_duplicate", .null), ("version", .null),
      ]).bytes)
    #expect(tool.tool.input.problems(in: arguments).isEmpty)
  }
}
