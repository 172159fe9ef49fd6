"""Documents of the workspace: list, upload, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, UploadFile

from kg.errors import UnreadableFile
from kg.reading import MAX_BYTES

if TYPE_CHECKING:
    from api.service import KnowledgeService

Shape = dict[str, Any]


def documents_router(service: KnowledgeService) -> APIRouter:
    router = APIRouter(tags=["文件"])

    @router.get("/documents", summary="已导入的文件")
    def documents() -> list[Shape]:
        return service.documents()

    @router.post("/documents", status_code=201, summary="导入一个文件")
    def upload(file: UploadFile) -> Shape:
        data = file.file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UnreadableFile(f"文件超过 {MAX_BYTES // 1048576} MB 的上限，请拆分后再导入。")
        return service.ingest_bytes(file.filename or "document.txt", data)

    @router.delete("/documents/{document}", summary="移除一个文件")
    def remove(document: str) -> Shape:
        return service.remove(document)

    return router
