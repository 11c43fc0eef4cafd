# make install, uninstall and dist. The folders have GNU's names; a relative one lies below PREFIX.

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= bin
LIBDIR ?= lib
INCLUDEDIR ?= include
DATADIR ?= share
MANDIR ?= $(DATADIR)/man
DOCDIR ?= $(DATADIR)/doc/mimir
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
CMAKEDIR ?= $(LIBDIR)/cmake/mimir
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d
INSTALL_FOLDERS := PREFIX DESTDIR BINDIR LIBDIR INCLUDEDIR MANDIR DOCDIR PKGCONFIGDIR CMAKEDIR \
  BASHCOMPDIR ZSHCOMPDIR FISHCOMPDIR

VERSION := $(shell sed -n 's/^.define MIMIR_VERSION_STRING "\(.*\)"$$/\1/p' include/mimir/status.h)
LIBRARY := build/lib/libmimir.so.$(VERSION)
COMMAND := build/bin/mimir
COMPLETIONS := $(addprefix build/completions/,bash zsh fish)

.PHONY: install uninstall dist

# No prerequisites: what is there is installed as it is, so that root, who may have no Swift, builds
# nothing after `make lib command`.
$(LIBRARY):
	@scripts/setup.sh
	@scripts/build_lib.sh

$(COMMAND):
	@scripts/setup.sh
	@scripts/build_command.sh

build/completions/%: $(COMMAND)
	@mkdir -p $(@D)
	@$(COMMAND) --generate-completion-script $* >$@.new
	@mv $@.new $@

install: $(LIBRARY) $(COMMAND) $(COMPLETIONS) ## library, headers and command: make install PREFIX=/usr/local [DESTDIR=…]
	@$(foreach name,$(INSTALL_FOLDERS),$(name)='$($(name))') scripts/install_tree.sh install

uninstall: ## take away what install put there (same PREFIX and DESTDIR)
	@$(foreach name,$(INSTALL_FOLDERS),$(name)='$($(name))') scripts/install_tree.sh uninstall

dist: setup lib command ## a Debian package and a tarball that need no Swift, in build/dist
	@scripts/build_dist.sh
