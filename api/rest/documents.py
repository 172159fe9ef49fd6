"""Documents of the workspace: list, upload, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, UploadFile

from api.rest.problems import problems
from api.schemas import DocumentShape, IngestedShape, RemovedShape
from kg.errors import UnreadableFile
from kg.reading import MAX_BYTES

if TYPE_CHECKING:
    from api.service import KnowledgeService


def documents_router(service: KnowledgeService) -> APIRouter:
    """The addresses of documents."""
    router = APIRouter(tags=["文件"])

    @router.get("/documents", summary="已导入的文件", responses=problems(500))
    def documents() -> list[DocumentShape]:
        return service.documents()

    @router.post("/documents", status_code=201, summary="导入一个文件", responses=problems(422, 500))
    def upload(file: Annotated[UploadFile, File(description="工作计划：文本或 CSV")]) -> IngestedShape:
        data = file.file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UnreadableFile(f"文件超过 {MAX_BYTES // 1048576} MB 的上限，请拆分后再导入。")
        return service.ingest_bytes(file.filename or "document.txt", data)

    @router.delete("/documents/{document}", summary="移除一个文件", responses=problems(404, 409, 422, 500))
    def remove(document: str) -> RemovedShape:
        return service.remove(document)

    return router
