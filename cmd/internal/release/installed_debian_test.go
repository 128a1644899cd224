package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// cleanRoot gives a fresh Debian with nothing but what every Debian has. Making one takes a while, so that it is made
// once and copied.
func cleanRoot(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a root of one's own needs root")
	}
	shared, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(shared, "lockstep", "debian-bookworm")
	if _, err := os.Stat(kept); errors.Is(err, fs.ErrNotExist) {
		making := kept + ".new"
		if err := os.RemoveAll(making); err != nil {
			t.Fatal(err)
		}
		must(t, exec.CommandContext(t.Context(), "debootstrap", "--variant=minbase", "bookworm", making))
		if err := os.Rename(making, kept); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(t.TempDir(), "root")
	must(t, exec.CommandContext(t.Context(), "cp", "-a", "--reflink=auto", kept, root))
	return root
}

// inside prepares a command in a root.
func inside(t *testing.T, root string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "chroot", append([]string{root}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"}
	return cmd
}

// filesOf lists the files of a root that a package can leave behind.
func filesOf(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, root)
		switch {
		case err != nil:
			return err
		case name == "/var" || name == "/proc" || name == "/dev" || name == "/tmp" || name == "/run":
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, "/ld.so.cache"):
			return nil
		}
		out = append(out, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestInstalled_OnACleanDebian(t *testing.T) {
	r := release(t)
	root := cleanRoot(t)
	shared, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	fetched := filepath.Join(shared, "lockstep", "debian-packages") // of the dependencies, for the next time
	archives := filepath.Join(root, "var", "cache", "apt", "archives")
	if err := os.MkdirAll(fetched, 0o755); err != nil {
		t.Fatal(err)
	}
	must(t, exec.CommandContext(t.Context(), "sh", "-c", `cp -n "$0"/*.deb "$1"/ 2>/dev/null || true`, fetched, archives))
	deb := filepath.Base(r.file("linux_amd64.deb"))
	if err := copyFile(filepath.Join(root, deb), r.file("linux_amd64.deb")); err != nil {
		t.Fatal(err)
	}
	apt := []string{"apt", "-q", "-y", "-o", "APT::Keep-Downloaded-Packages=true", "-o", "Acquire::Check-Valid-Until=false", "--no-install-recommends"}
	must(t, inside(t, root, append(apt, "update")...))
	before := filesOf(t, root)
	must(t, inside(t, root, append(apt, "install", "./"+deb)...))
	must(t, exec.CommandContext(t.Context(), "sh", "-c", `cp -n "$1"/*.deb "$0"/ 2>/dev/null || true`, fetched, archives))

	somebody := func(args ...string) *exec.Cmd {
		return inside(t, root, append([]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, args...)...)
	}
	if said := must(t, somebody("lockstepctl", "demo")); !strings.Contains(said, "both systems are in step") {
		t.Errorf("the demo does not end in step:\n%s", said)
	}
	for _, p := range r.present() {
		ask := "--version"
		if p.name == "lockstepctl" {
			ask = "version"
		}
		if said := must(t, somebody(p.name, ask)); !strings.Contains(said, r.app.Version) {
			t.Errorf("%s --version says %q", p.name, said)
		}
	}
	must(t, exec.CommandContext(t.Context(), "desktop-file-validate", filepath.Join(root, "usr/share/applications", r.app.ID+".desktop")))
	must(t, exec.CommandContext(t.Context(), "appstreamcli", "validate", "--no-net", filepath.Join(root, "usr/share/metainfo", r.app.ID+".metainfo.xml")))
	if said := must(t, exec.CommandContext(t.Context(), "sh", "-c", `zcat "$0" | groff -man -Tutf8`, filepath.Join(root, "usr/share/man/man1/lockstepctl.1.gz"))); !strings.Contains(said, "preview") {
		t.Errorf("the manual page says %.200q", said)
	}
	policy := filepath.Join(root, "etc", "lockstep", "policy.toml")
	if err := errors.Join(os.MkdirAll(filepath.Dir(policy), 0o755), os.WriteFile(policy, []byte("[rules]\nwinner = \"ask\"\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if said := must(t, somebody("lockstepctl", "policy", "show", "--json")); !holds(t, said, "rules.winner", "ask", "machine policy", "/etc/lockstep/policy.toml") {
		t.Errorf("the machine's policy is not followed:\n%s", said)
	}
	if err := os.RemoveAll(filepath.Dir(policy)); err != nil {
		t.Fatal(err)
	}

	must(t, inside(t, root, append(apt, "purge", "lockstep")...))
	must(t, inside(t, root, append(apt, "autoremove", "--purge")...))
	for _, name := range filesOf(t, root) {
		if !slices.Contains(before, name) {
			t.Errorf("%s stays behind", name)
		}
	}
}
