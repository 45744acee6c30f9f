"""The book of evidence: photos, signatures, identity seen; knows not what it proves."""

from backend.proofs.actions import keep
from backend.proofs.blobs import SIZE_MAX, BlobFolder
from backend.proofs.model import Blob, Named, Namer, Proof, ProofKind, Upload
from backend.proofs.named import is_named, look_at_missing, name_pictures, note_let_go
from backend.proofs.pictures import check_picture
from backend.proofs.store import (
    add_blob,
    begin_upload,
    drop_old_uploads,
    drop_upload,
    find_blob,
    find_blob_by_ref,
    find_proof,
    find_upload,
    list_proofs,
    lock_upload,
    set_received,
)

__all__ = [
    "SIZE_MAX",
    "Blob",
    "BlobFolder",
    "Named",
    "Namer",
    "Proof",
    "ProofKind",
    "Upload",
    "add_blob",
    "begin_upload",
    "check_picture",
    "drop_old_uploads",
    "drop_upload",
    "find_blob",
    "find_blob_by_ref",
    "find_proof",
    "find_upload",
    "is_named",
    "keep",
    "list_proofs",
    "lock_upload",
    "look_at_missing",
    "name_pictures",
    "note_let_go",
    "set_received",
]
