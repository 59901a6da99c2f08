"""What a model folder holds: role, architecture, tokenizer, chat template, weights. Nothing is loaded into memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.errors import DataError, did_you_mean
from harness.models.base_roles import BASE_ROLES, CAUSAL_LM, ENCODER, SEQ2SEQ_LM
from harness.models.encoding.chat import has_chat_template
from harness.user_bases.own_folder import read_json
from harness.user_bases.weights import Weights

MODULES = "modules.json"
"""The list of modules of a sentence-transformers model."""
TOKENIZER_FILES = "tokenizer.json, or tokenizer.model and tokenizer_config.json"


@dataclass(frozen=True)
class Inspected:
    """A model that recipes can start from."""

    role: str
    format: Literal["transformers", "sentence_transformers"]
    """As `BaseModelSpec.format`."""
    config: Any
    """The transformers configuration."""
    tokens: int
    """Size of the tokenizer's vocabulary, special tokens included."""
    chat_template: bool


def inspect_folder(folder: Path, *, role: str | None, weights: Weights, where: str) -> Inspected:
    """Check configuration, role, tokenizer and the sizes of the embeddings.

    `role`: what the user says that the model is; null: what its configuration says. `weights`: the tensors of the
    model's files. `where`: the path or the repository, for errors.

    Raises:
        DataError: the folder is no model of this role, or a part is missing, broken or does not fit the others.
    """
    if role is not None and role not in BASE_ROLES:
        raise DataError(f'unknown role "{role}"', where="--role", hint=did_you_mean(role, BASE_ROLES))
    config = _config(folder, where=where)
    found = role_of(folder, config, where=where)
    if role is not None and role != found:
        raise DataError(
            _not_of_role(config, found, role), where=where, hint=f"leave out --role, or give `--role {found}`"
        )
    tokenizer = _tokenizer(folder, where=where)
    if tokenizer.pad_token is None and tokenizer.eos_token is None:
        hint = "set `pad_token` in tokenizer_config.json"
        raise DataError("the tokenizer has neither a padding token nor an end token", where=where, hint=hint)
    _require_rows(weights, config, tokens=len(tokenizer), where=where)
    return Inspected(
        role=found,
        format="sentence_transformers" if found == ENCODER.name else "transformers",
        config=config,
        tokens=len(tokenizer),
        chat_template=has_chat_template(tokenizer),
    )


def _config(folder: Path, *, where: str) -> Any:
    from transformers import AutoConfig

    content = read_json(folder / "config.json")
    kind = content.get("model_type")
    if content.get("quantization_config"):
        method = content["quantization_config"].get("quant_method", "an unknown method")
        hint = "give the model before its quantisation; `peft/qlora` quantises it to 4 bits by itself"
        raise DataError(f"the weights are quantised ({method}), and recipes train others", where=where, hint=hint)
    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        if content.get("auto_map"):
            what = f"the model type {kind!r} needs Python code from its own repository, which is not run here"
        else:
            what = f"transformers does not know the model type {kind!r}" if kind else "config.json has no `model_type`"
        hint = "take a model whose architecture is part of the installed transformers"
        raise DataError(what, where=where, hint=hint) from error


def role_of(folder: Path, config: Any, *, where: str) -> str:
    """The role that the configuration and the architecture name.

    Raises:
        DataError: the model is of another sort: it reads pictures or sound, or has a head for labels.
    """
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING

    architectures = [str(name) for name in config.architectures or ()]
    if (folder / MODULES).is_file():
        return ENCODER.name
    if config.is_encoder_decoder and type(config) in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING:
        return SEQ2SEQ_LM.name
    writes = any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in architectures)
    if writes and type(config) in MODEL_FOR_CAUSAL_LM_MAPPING:
        return CAUSAL_LM.name
    shown = ", ".join(architectures) or f"the model type {config.model_type} without an architecture"
    raise DataError(
        f"no role fits {shown}",
        where=where,
        expected=f"a causal language model, an encoder-decoder, or a sentence-transformers encoder with {MODULES}",
        hint=_other_hint(architectures),
    )


def _other_hint(architectures: list[str]) -> str:
    if any(name.endswith(("ForMaskedLM", "Model", "ForPreTraining")) for name in architectures):
        return "save an encoder with sentence-transformers first: `SentenceTransformer(FOLDER).save(NEW_FOLDER)`"
    return "base models read and write text; docs/bases.md lists what can be added"


def _not_of_role(config: Any, found: str, wanted: str) -> str:
    names = {
        CAUSAL_LM.name: "a causal language model",
        SEQ2SEQ_LM.name: "an encoder-decoder",
        ENCODER.name: "an encoder",
    }
    return f"the model ({config.model_type}) is {names[found]}, and the role {wanted} needs {names[wanted]}"


def _tokenizer(folder: Path, *, where: str) -> Any:
    from transformers import AutoTokenizer

    names = ("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "spiece.model", "vocab.txt", "vocab.json")
    if not any((folder / name).is_file() for name in names):
        hint = "save it beside the weights: `tokenizer.save_pretrained(FOLDER)`"
        raise DataError("the folder has no tokenizer", where=where, expected=TOKENIZER_FILES, hint=hint)
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # the libraries behind it raise their own classes, and bare Exception
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        hint = "save it again: `tokenizer.save_pretrained(FOLDER)`"
        raise DataError(
            f"the tokenizer cannot be loaded: {reason}", where=where, expected=TOKENIZER_FILES, hint=hint
        ) from error


def _require_rows(weights: Weights, config: Any, *, tokens: int, where: str) -> None:
    """Compare the tokenizer, config.json and the embeddings of the weights, where the weights are at hand."""
    size = config.get_text_config().vocab_size
    if tokens > size:
        what = f"the tokenizer has {tokens:,} tokens, and the model has embeddings for {size:,} (`vocab_size`)"
        hint = "take the tokenizer that belongs to the model, or resize the embeddings before you save it"
        raise DataError(what, where=where, hint=hint)
    embeddings = weights.embeddings
    if embeddings and embeddings.rows != size:
        what = f"{embeddings.name} has {embeddings.rows:,} rows, and `vocab_size` in config.json is {size:,}"
        raise DataError(
            what, where=where, hint="save model and configuration together: `model.save_pretrained(FOLDER)`"
        )
