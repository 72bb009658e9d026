/**
 * An ONNX model of one MatMulInteger with constant weights, in the bytes of its protocol buffers:
 * key (field number and kind), length, content.
 */

const kinds = { varint: 0, bytes: 2 };

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

const number = (field, value) =>
  Buffer.from([...varint(field * 8 + kinds.varint), ...varint(value)]);

const content = (field, value) => {
  const bytes = Buffer.from(value);
  const head = [...varint(field * 8 + kinds.bytes), ...varint(bytes.length)];
  return Buffer.concat([Buffer.from(head), bytes]);
};

const message = (field, ...parts) => content(field, Buffer.concat(parts));

/** Numbers of TensorProto.DataType. */
const elementTypes = { uint8: 2, int8: 3, int32: 6 };

/** ValueInfoProto: name, and the type of a tensor with its dimensions. */
function describeTensor(field, name, type, dimensions) {
  const shape = dimensions.map((size) => message(1, number(1, size)));
  return message(
    field,
    content(1, name),
    message(2, message(1, number(1, elementTypes[type]), message(2, ...shape))),
  );
}

/** a [m, k] of `aType` times the int8 weights b [k, n] is c, int32. */
export function makeMatMulInteger({ m, k, n, aType, b }) {
  const node = message(
    1,
    content(1, 'a'),
    content(1, 'b'),
    content(2, 'c'),
    content(4, 'MatMulInteger'),
  );
  const weights = message(
    5,
    ...[k, n].map((size) => number(1, size)),
    number(2, elementTypes.int8),
    content(8, 'b'),
    content(9, new Uint8Array(b.buffer, b.byteOffset, b.byteLength)),
  );
  const graph = message(
    7,
    node,
    content(2, 'product'),
    weights,
    describeTensor(11, 'a', aType, [m, k]),
    describeTensor(12, 'c', 'int32', [m, n]),
  );
  const irVersion = 8;
  const operatorSet = message(8, content(1, ''), number(2, 17));
  return Buffer.concat([number(1, irVersion), graph, operatorSet]);
}
