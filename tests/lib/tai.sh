# shellcheck shell=bash
# The programs as the tests in bash use them, for `source`.
# shellcheck disable=SC2034 # The scripts read the variables.

skip() { echo "skipped: $*"; exit 0; }

# Waits until a command succeeds, at most a minute.
until_true() {
    for _ in $(seq 1200); do if "$@"; then return; fi; sleep 0.05; done
    echo "timed out: $*" >&2
    exit 1
}

# Starts the program $1, a sandbox bridge with the accounts $2..., and sets `url` and `sandbox`, its process.
start_sandbox() {
    local program=$1 said accounts=()
    said=$(mktemp)
    for account in "${@:2}"; do accounts+=(--account "$account:sandbox-password"); done
    "$program" --quiet "${accounts[@]}" > "$said" &
    sandbox=$!
    until_true test -s "$said"
    url=$(cat "$said")
    rm "$said"
}

# Calls the tool $1 with the arguments $2 by the program $3..., without a handshake, and prints the answer.
# The input ends after the answer, because tai-mcp gives a call only 1.5 s after the end of its input.
answer_of() {
    local meta='{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}'
    local said code=0
    said=$(mktemp)
    {
        printf '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":%s,"_meta":%s}}\n' "$1" "$2" "$meta"
        until_true grep -q '"id":1' "$said"
    } | "${@:3}" > "$said" || code=$?
    cat "$said"
    rm "$said"
    return "$code"
}
