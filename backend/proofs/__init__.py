"""The book of evidence: photos, signatures, identity seen; knows not what it proves."""

from backend.proofs.actions import keep
from backend.proofs.blobs import SIZE_MAX, BlobFolder, sniff
from backend.proofs.model import Blob, Proof, ProofKind
from backend.proofs.store import add_blob, find_blob, find_proof, list_proofs

__all__ = [
    "SIZE_MAX",
    "Blob",
    "BlobFolder",
    "Proof",
    "ProofKind",
    "add_blob",
    "find_blob",
    "find_proof",
    "keep",
    "list_proofs",
    "sniff",
]
