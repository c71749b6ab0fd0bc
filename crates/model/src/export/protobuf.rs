//! Messages in protobuf's wire format: each field is a key, which is its number and its wire type, and a value.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A message that grows field by field, in the order of the calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message(Vec<u8>);

/// Wire types: a whole number, and so many bytes.
const VARINT: u64 = 0;
const LENGTH: u64 = 2;

impl Message {
    /// A whole number.
    pub(crate) fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3 | VARINT);
        // Negative numbers as their two's complement, as int32 and int64 have them.
        self.varint(value as u64);
        self
    }

    /// The same field once for each number.
    pub(crate) fn ints(self, field: u64, values: &[i64]) -> Self {
        values.iter().fold(self, |message, value| message.int(field, *value))
    }

    /// Bytes.
    pub(crate) fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | LENGTH);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    /// Text.
    pub(crate) fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A message within this one.
    pub(crate) fn message(self, field: u64, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// The same field once for each message.
    pub(crate) fn messages(self, field: u64, messages: &[Message]) -> Self {
        messages.iter().fold(self, |message, part| message.message(field, part))
    }

    /// The message as it stands in a file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn messages_are_those_of_the_specification() {
        // The examples of protobuf.dev/programming-guides/encoding: 150, "testing", a message in a message; and -2.
        assert_eq!(Message::default().int(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").into_bytes(), *b"\x12\x07testing");
        let inner = Message::default().int(1, 150);
        assert_eq!(Message::default().message(3, &inner).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let minus = [&[0x08, 0xfe][..], &[0xff; 8], &[0x01]].concat();
        assert_eq!(Message::default().int(1, -2).into_bytes(), minus);
        assert_eq!(Message::default().ints(20, &[0, 1]).into_bytes(), [0xa0, 0x01, 0x00, 0xa0, 0x01, 0x01]);
    }
}
