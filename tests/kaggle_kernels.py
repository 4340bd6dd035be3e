"""The part of the loopback server that plays Kaggle's datasets and kernels, with the silences that the real one has."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Kernels:
    """datasets: name -> list of versions, each file name -> size. kernels: name -> list of pushed requests. blobs: token ->
    uploaded bytes. contents: name/file -> bytes of the newest version of a dataset. public: names of those that are.

    outputs: what the running kernel will have written, file name -> bytes. statuses: answers before the last one is
    repeated. lost: files that a dataset version loses without a word. save_kernel: fields laid over a push's answer.
    """

    datasets: dict = field(default_factory=dict)
    kernels: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    dataset_statuses: list = field(default_factory=lambda: ["READY"])
    kernel_statuses: list = field(default_factory=lambda: ["COMPLETE"])
    lost: set = field(default_factory=set)
    dataset_error: str = ""
    save_kernel: dict = field(default_factory=dict)
    tokens: dict = field(default_factory=dict)
    blobs: dict = field(default_factory=dict)
    contents: dict = field(default_factory=dict)
    public: set = field(default_factory=set)


class KernelMethods:
    """Answers by method name; `self.kaggle.of_kernels` is the state, `self._answer(status, ...)` a refusal."""

    def _start_blob_upload(self, asked: dict) -> dict:
        token = f"blob-{len(self.state.tokens) + 1}"
        self.state.tokens[token] = (asked["name"], int(asked["contentLength"]))
        return {"token": token, "createUrl": f"http://storage.test/upload/{token}"}

    def _create_dataset(self, asked: dict) -> dict:
        return self._new_version(f"{asked['ownerSlug']}/{asked['slug']}", asked["files"])

    def _create_dataset_version(self, asked: dict) -> dict:
        return self._new_version(f"{asked['ownerSlug']}/{asked['datasetSlug']}", asked["body"]["files"])

    def _new_version(self, name: str, files: list) -> dict:
        if self.state.dataset_error:
            return {"status": "error", "error": self.state.dataset_error}
        content = dict(self.state.tokens[file["token"]] for file in files)
        content = {file: size for file, size in content.items() if file not in self.state.lost}
        self.state.datasets.setdefault(name, []).append(content)
        for token in (file["token"] for file in files):
            self.state.contents[f"{name}/{self.state.tokens[token][0]}"] = self.state.blobs.get(token)
        return {"status": "Ok", "ref": name, "url": f"http://kaggle.test/datasets/{name}"}

    def _get_dataset_status(self, asked: dict) -> dict | None:
        if not self._versions(asked):
            return None
        return {"status": _next(self.state.dataset_statuses)}

    def _get_dataset(self, asked: dict) -> dict | None:
        versions = self._versions(asked)
        private = f"{asked['ownerSlug']}/{asked['datasetSlug']}" not in self.state.public
        return {"currentVersionNumber": len(versions), "isPrivate": private} if versions else None

    def _list_dataset_files(self, asked: dict) -> dict:
        files = [{"name": name, "totalBytes": size} for name, size in self._versions(asked)[-1].items()]
        page = int(asked.get("pageToken") or 0)  # two files a page, so that paging is exercised
        token = str(page + 2) if page + 2 < len(files) else ""
        return {"datasetFiles": files[page : page + 2], "nextPageToken": token}

    def _versions(self, asked: dict) -> list:
        return self.state.datasets.get(f"{asked['ownerSlug']}/{asked['datasetSlug']}", [])

    def _save_kernel(self, asked: dict) -> dict:
        versions = self.state.kernels.setdefault(asked["slug"], [])
        if not self.state.save_kernel.get("error"):
            versions.append(asked)
        answer = {"ref": f"/code/{asked['slug']}", "url": f"http://kaggle.test/code/{asked['slug']}"}
        return answer | {"versionNumber": len(versions), "kernelId": 7} | self.state.save_kernel

    def _get_kernel_session_status(self, asked: dict) -> dict | None:
        if not self._is_pushed(asked):
            return None
        status = _next(self.state.kernel_statuses)
        reason = "Your notebook tried to allocate more memory than is available." if status == "ERROR" else ""
        return {"status": status, "failureMessage": reason}

    def _list_kernel_session_output(self, asked: dict) -> dict | None:
        if not self._is_pushed(asked):
            return None
        names = sorted(self.state.outputs)
        page = int(asked.get("pageToken") or 0)  # one file a page
        files = [{"url": f"http://storage.test/output/{name}", "fileName": name} for name in names[page : page + 1]]
        return {"files": files, "log": "a line", "nextPageToken": str(page + 1) if page + 1 < len(names) else ""}

    def _is_pushed(self, asked: dict) -> bool:
        """Only "vN" names a version; "N" alone is unknown, as at Kaggle."""
        versions = self.state.kernels.get(f"{asked['userName']}/{asked['kernelSlug']}", [])
        return asked.get("versionLabel") == f"v{len(versions)}" and bool(versions)

    def _create_code_submission(self, asked: dict) -> dict:
        ref = 60_000_001 + len(self.kaggle.submissions)
        self.kaggle.submissions.append({"ref": ref, "status": "PENDING", "description": asked["submissionDescription"]})
        return {"message": "Successfully submitted", "ref": ref}

    @property
    def state(self) -> Kernels:
        return self.kaggle.of_kernels


def _next(statuses: list) -> str:
    return statuses.pop(0) if len(statuses) > 1 else statuses[0]


def make_outputs(folder: Path, **changes: object) -> dict[str, bytes]:
    """What the built kernel of `folder` writes of tiny-stripes when all goes well, with changes of its report."""
    table = b"Id,Label\n" + b"".join(b"%d,%d\n" % (number + 1, number % 3) for number in range(30))
    files = {"submission.csv": hashlib.sha256(table).hexdigest()}
    bundle = hashlib.sha256((folder / "dataset" / "bundle.json").read_bytes()).hexdigest()
    result = {"bundle": bundle, "mode": "predict", "run": "tiny-stripes-x", "files": files, "rows": 30} | changes
    return {"submission.csv": table, "result.json": json.dumps(result).encode()}
