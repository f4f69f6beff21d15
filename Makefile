# 安澜：两条命令就够 —— make run 启动演示县，make test 运行全部测试。
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.PHONY: run test check web web-check rust-check bench soak fuzz mutants setup setup-web setup-browser setup-postgres openapi new-system fmt help

help:
	@echo "make run        启动演示县（https://127.0.0.1:8443）"
	@echo "make test       运行全部测试：Rust、网页、浏览器，两种数据库"
	@echo "make check      快速检查：格式、规范、类型"
	@echo "make bench      性能对比，结果写入 docs/results/"
	@echo "make soak       长时间可靠性测试"
	@echo "make fuzz       长时间模糊测试规则库（SECONDS=3600）"
	@echo "make mutants    规则库变异测试（需 cargo install cargo-mutants）"
	@echo "make openapi    重新生成接口文件和前端类型"
	@echo "make new-system NAME=x  新建一个系统"

# ---- what a fresh machine needs -------------------------------------------------------------
setup:
	@scripts/setup rust
setup-web:
	@scripts/setup node
setup-browser:
	@scripts/setup browser
setup-postgres:
	@scripts/setup postgres

# ---- web -----------------------------------------------------------------------------------
node_modules/.ready: package-lock.json | setup-web
	@echo "== 安装前端依赖"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: node_modules/.ready $(shell find web/src web/public web/index.html crates/*/src/*/web -type f 2>/dev/null) vite.config.ts
	@echo "== 构建网页"
	@npm run --silent build

web: web/dist/index.html

# ---- run -----------------------------------------------------------------------------------
run: setup web
	@echo "== 编译（首次约 8 分钟）"
	@cargo build --release -p server -p evidence
	@scripts/run-demo

# ---- tests ---------------------------------------------------------------------------------
check: setup rust-check web-check

rust-check:
	@cargo fmt --all --check
	@cargo clippy --workspace --quiet -- -D warnings

web-check: node_modules/.ready
	@npm run --silent lint
	@npm run --silent typecheck

test: setup setup-postgres setup-browser check web
	@echo "== Rust 测试（SQLite 与 PostgreSQL）"
	@scripts/with-postgres scripts/cargo-test
	@echo "== 接口生成测试（约 2 分钟）"
	@scripts/schemathesis
	@echo "== 前端单元测试"
	@npm test --silent
	@echo "== 浏览器测试"
	@scripts/e2e

openapi: node_modules/.ready
	@new=$$(mktemp); trap "rm -f $$new" EXIT; cargo run --quiet -p server -- openapi > $$new; cp $$new web/src/api/openapi.json
	@npm run --silent gen

bench: setup web
	@bench/run
soak: setup setup-postgres
	@bench/soak
fuzz: setup
	@ANLAN_FUZZ_SECONDS=$(or $(SECONDS),3600) cargo test --release -p standards --lib -- --nocapture calc::tests::fuzz
mutants: setup
	@scripts/mutants $(SHARD)
new-system:
	@scripts/new-system $(NAME)
fmt:
	@cargo fmt --all
	@npm run --silent format
