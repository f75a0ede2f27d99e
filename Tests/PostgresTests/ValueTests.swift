import Kit
import Postgres
import Testing

extension PostgresTests {
  @Suite struct ValueTests {
    struct Everything: PostgresStatement, Equatable {
      static let sql = "select $1, $2, $3, $4, $5, $6, $7, $8, $9"
      var text: String?
      var int8: Int64?
      var int4: Int32?
      var bool: Bool?
      var float8: Double?
      var time: Timestamp?
      var uuid: UUIDv7?
      var bytes: [UInt8]?
      var utf8: String?

      func bind(_ b: inout PostgresBindings) {
        b.append(text)
        b.append(int8)
        b.append(int4)
        b.append(bool)
        b.append(float8)
        b.append(time)
        b.append(uuid)
        b.append(bytes)
        b.appendUTF8(utf8.map { Array($0.utf8) })
      }
      static func row(_ r: PostgresRow) throws(PostgresError) -> Everything {
        Everything(
          text: try r.stringOrNil(0), int8: try r.int64OrNil(1), int4: try r.int32OrNil(2),
          bool: try r.boolOrNil(3), float8: try r.doubleOrNil(4), time: try r.timestampOrNil(5),
          uuid: try r.uuidOrNil(6), bytes: try r.bytesOrNil(7), utf8: try r.stringOrNil(8))
      }
    }

    static let samples = [
      Everything(),
      Everything(
        text: "", int8: 0, int4: 0, bool: false, float8: 0, time: Timestamp(microseconds: 0),
        uuid: .zero, bytes: [], utf8: ""),
      Everything(
        text: "Ünï¢ødé 🚚 'quoted' \\", int8: .max, int4: .min, bool: true, float8: -1.5e300,
        time: Timestamp(microseconds: 1_772_636_767_089_123), uuid: .make(),
        bytes: [0, 255, 0, 39, 92], utf8: "\u{1}\u{7F}€"),
      Everything(int8: .min, time: Timestamp(microseconds: -62_000_000_000_000_000)),
    ]

    @Test("every value comes back as it was bound", arguments: samples)
    func roundTrip(_ value: Everything) async throws {
      let connection = try await connect()
      #expect(try await connection.query(value, deadline: patience) == [value])
    }

    struct Arrays: PostgresStatement {
      static let sql = """
        select $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text,
          $9::text, $10::text, $11::text, $12::text, $13::text, $14::text, $15::text, $16::text
        """
      let time = Timestamp(microseconds: 0)
      func bind(_ b: inout PostgresBindings) {
        b.append(["a", "", "ü, \"x\""])
        b.append(["a", nil, "c"] as [String?])
        b.append([1, -2] as [Int64])
        b.append([1, nil] as [Int64?])
        b.append([7, 8] as [Int])
        b.append([1, 2] as [Int32])
        b.append([nil, 2] as [Int32?])
        b.append([true, false])
        b.append([true, nil] as [Bool?])
        b.append([0.5])
        b.append([nil, 0.5] as [Double?])
        b.append([time])
        b.append([nil, time] as [Timestamp?])
        b.append([UUIDv7.zero, nil] as [UUIDv7?])
        b.append([[1, 2], nil, []] as [[UInt8]?])
        b.appendUTF8Array([Array("né".utf8)[...], nil])
      }
      static func row(_ r: PostgresRow) throws(PostgresError) -> [String] {
        var all: [String] = []
        for i in 0..<16 { all.append(try r.string(i)) }
        return all
      }
    }

    @Test("arrays arrive with their NULLs")
    func arrays() async throws {
      let connection = try await connect()
      try await connection.script("set timezone = 'UTC'", deadline: patience)
      let row = try #require(try await connection.query(Arrays(), deadline: patience).first)
      #expect(
        row == [
          #"{a,"","ü, \"x\""}"#, "{a,NULL,c}", "{1,-2}", "{1,NULL}", "{7,8}", "{1,2}",
          "{NULL,2}", "{t,f}", "{t,NULL}", "{0.5}", "{NULL,0.5}", #"{"1970-01-01 00:00:00+00"}"#,
          #"{NULL,"1970-01-01 00:00:00+00"}"#, "{00000000-0000-0000-0000-000000000000,NULL}",
          #"{"\\x0102",NULL,"\\x"}"#, "{né,NULL}",
        ])
    }

    struct Echo: PostgresStatement {
      static let sql = "select $1::text[], $2::bigint[]"
      var texts: [String]
      var numbers: [Int64?]
      func bind(_ b: inout PostgresBindings) {
        b.append(texts)
        b.append(numbers)
      }
      static func row(_ r: PostgresRow) throws(PostgresError) -> ([String], [Int64]) {
        (try r.stringArray(0), try r.int64Array(1))
      }
    }

    @Test("arrays can be read, empty ones too, without their NULLs")
    func readArrays() async throws {
      let connection = try await connect()
      let some = Echo(texts: ["x", "", "yz"], numbers: [1, nil, 3])
      let row = try #require(try await connection.query(some, deadline: patience).first)
      #expect(row.0 == ["x", "", "yz"])
      #expect(row.1 == [1, 3])
      let none = try await connection.query(Echo(texts: [], numbers: []), deadline: patience)
      #expect(none.first?.0 == [] && none.first?.1 == [])
    }

    struct ReadJSON: PostgresStatement {
      static let sql = "select $1::text::jsonb, $1::text::json"
      let text: String
      func bind(_ b: inout PostgresBindings) { b.append(text) }
      static func row(_ r: PostgresRow) throws(PostgresError) -> (String, String, [UInt8]) {
        (try r.string(0), try r.string(1), try r.bytes(0))
      }
    }

    @Test("jsonb and json are text")
    func json() async throws {
      let connection = try await connect()
      let asked = ReadJSON(text: #"{"b": 1, "a": "é"}"#)
      let row = try #require(try await connection.query(asked, deadline: patience).first)
      #expect(row.0 == #"{"a": "é", "b": 1}"#)
      #expect(row.1 == asked.text)
      #expect(row.2 == Array(row.0.utf8))
    }

    struct Wrong: PostgresStatement {
      static let sql = "select 1 as total, null::text as name"
      let read: Int
      static func row(_ r: PostgresRow) throws(PostgresError) -> [PostgresError] {
        func error(_ read: () throws(PostgresError) -> Void) -> PostgresError {
          do throws(PostgresError) { try read() } catch { return error }
          return PostgresError(.misuse, "it was read")
        }
        return [
          error { () throws(PostgresError) in _ = try r.string(0) },
          error { () throws(PostgresError) in _ = try r.string(1) },
          error { () throws(PostgresError) in _ = try r.stringOrNil(2) },
        ]
      }
    }

    @Test("a column that is not what was said is refused by name")
    func wrongColumns() async throws {
      let connection = try await connect()
      let rows = try await connection.query(Wrong(read: 0), deadline: patience)
      let errors = try #require(rows.first)
      #expect(errors.allSatisfy { $0.code == .decoding })
      #expect(errors[0].message == "column 0 (total) is of type oid 23, not text")
      #expect(errors[1].message == "column 1 (name) is NULL, not text")
      #expect(errors[2].message == "there is no column 2")
      #expect(!errors[0].description.contains("total"))
    }

    @Test("text with U+0000 is refused before it is sent, and the connection stays usable")
    func zeroCharacter() async throws {
      let connection = try await connect()
      try await connection.makeItems()
      for name in ["\0", "a\0", String(repeating: "x", count: 5_000) + "\0y"] {
        let error = await failure {
          try await connection.query(InsertItem(id: 1, name: name), deadline: patience)
        }
        #expect(error?.code == .invalidText)
      }
      let inArray = await failure {
        try await connection.query(Echo(texts: ["ok", "\0"], numbers: []), deadline: patience)
      }
      #expect(inArray?.code == .invalidText)
      #expect(try await connection.query(ReadItems(), deadline: patience).isEmpty)
    }
  }
}
