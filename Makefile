# What people type. Each line says what it does; the work is in scripts/ and in the program itself.

PREFIX ?= /usr/local
# Without the dynamic symbols that static linking exports by default: nothing looks them up, and loading them costs a millisecond.
RELEASE = swift build -c release --static-swift-stdlib -Xlinker --no-export-dynamic --disable-local-rpath

.PHONY: demo test test-faults build generate bench install deb check-deb

# Two private servers, a simulated messenger, the daemons, and a chat played from end to end.
demo: build
	.build/debug/eralink sandbox demo

# Every test, against a PostgreSQL and a ZooKeeper that the tests start and stop themselves.
test:
	scripts/setup
	scripts/test

# Everything that can go wrong, several times each, under steady load; writes the table of docs/reliability.md.
test-faults:
	scripts/setup
	scripts/test-faults

build:
	scripts/setup
	swift build

# Manual pages, completions and API documents, which are made from the program and committed.
generate: build
	.build/debug/eralink generate .

bench:
	scripts/setup
	$(RELEASE) --product eralink
	$(RELEASE) --product eralink-bench
	scripts/bench

install:
	scripts/setup
	$(RELEASE) --product eralink
	install -D -m 0755 .build/release/eralink $(DESTDIR)$(PREFIX)/bin/eralink

# A package for Debian, which needs no Swift where it is installed.
deb:
	scripts/setup
	$(RELEASE) --product eralink
	scripts/package .build/release/eralink .build/packages

# Installs it into a clean Debian, uses it and removes it. Needs root and debootstrap.
check-deb: deb
	scripts/check-package "$$(ls -t .build/packages/*.deb | head -1)"
