"""What TFRecords and TF1 checkpoints have in common: protobuf messages, and masked CRC32C."""

from typing import Any

import google_crc32c

_SCALARS = ("int32", "int64", "fixed32", "string", "bytes")


def masked_crc32c(data: bytes) -> int:
    """The CRC32C of bytes, turned by 15 bits and shifted by a constant, as LevelDB and TensorFlow store it."""
    crc: int = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def message_types(**types: dict[str, tuple[int, str]]) -> dict[str, Any]:
    """The classes of protobuf messages (proto3) from their fields.

    A field is its number and its type: a scalar or another message's name, behind ``repeated``
    where it is a list. Fields that are left out are passed over when a message is parsed.
    """
    # Imported when it is needed: most records are Parquet.
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    file = FileDescriptorProto(name="tinynq.proto", package="tinynq", syntax="proto3")
    for name, fields in types.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            label, _, kind = kind.rpartition(" ")
            added = message.field.add(
                name=field,
                number=number,
                label=FieldDescriptorProto.Label.Value(f"LABEL_{(label or 'optional').upper()}"),
            )
            if kind in _SCALARS:
                added.type = FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")
            else:
                added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".tinynq.{kind}"
    pool = DescriptorPool()  # of its own: the process may have loaded TensorFlow's
    pool.AddSerializedFile(file.SerializeToString())
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"tinynq.{name}")) for name in types}
