package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lists gives the files below a folder, as they are called once its content is installed.
func lists(t *testing.T, root string) []string {
	t.Helper()
	out := filesOf(t, root)
	slices.Sort(out)
	return out
}

// syncs has an installed program run its demo.
func syncs(t *testing.T, program string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "demo", "--people", "2", "--items", "20")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	if said := must(t, cmd); !strings.Contains(said, "both systems are in step") {
		t.Errorf("the demo does not end in step:\n%s", said)
	}
}

// TestInstalled_FromTheRPM installs into an empty root what the .deb has in it too, uses it, and removes it. What the
// package needs of others is not there, so that only what it says about that is looked at.
func TestInstalled_FromTheRPM(t *testing.T) {
	r := release(t)
	pack := r.file("linux_amd64.rpm")
	root := t.TempDir()
	rpm := func(args ...string) string {
		return must(t, exec.CommandContext(t.Context(), "rpm", append([]string{"--root", root, "--dbpath", "/run/rpm"}, args...)...))
	}
	needs := rpm("-qp", "--requires", pack)
	if r.hasWindows() != strings.Contains(needs, "libGL.so.1()(64bit)") {
		t.Errorf("it needs\n%s", needs)
	}
	rpm("-i", "--nodeps", pack)
	if said := rpm("-q", "--queryformat", "%{NAME} %{VERSION} %{LICENSE}", "lockstep"); said != "lockstep "+r.app.Version+" "+license {
		t.Errorf("it is %q", said)
	}
	deb := t.TempDir()
	must(t, exec.CommandContext(t.Context(), "dpkg-deb", "--extract", r.file("linux_amd64.deb"), deb))
	want := lists(t, deb)
	for i, name := range want { // Debian keeps what packages bring for zsh in a place of its own
		want[i] = strings.Replace(name, "/zsh/vendor-completions/", "/zsh/site-functions/", 1)
	}
	if got := lists(t, root); !slices.Equal(got, want) {
		t.Errorf("it installs\n%s\nand the .deb\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	syncs(t, filepath.Join(root, "usr", "bin", "lockstepctl"))
	rpm("-e", "lockstep")
	if left := lists(t, root); len(left) > 0 {
		t.Errorf("these stay behind:\n%s", strings.Join(left, "\n"))
	}
}

// TestInstalled_FromTheTar does what its README says.
func TestInstalled_FromTheTar(t *testing.T) {
	r := release(t)
	home := filepath.Join(t.TempDir(), ".local")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, exec.CommandContext(t.Context(), "tar", "-xzf", r.file("linux_amd64.tar.gz"), "--strip-components=1", "-C", home))
	for _, name := range []string{"share/applications/" + r.app.ID + ".desktop", "share/systemd/user/lockstep.service", "README.txt"} {
		if !exists(filepath.Join(home, name)) {
			t.Errorf("%s is not in it", name)
		}
	}
	for _, p := range r.present() {
		if p.name == "lockstepctl" {
			continue
		}
		said := must(t, exec.CommandContext(t.Context(), filepath.Join(home, "bin", p.name), "--version"))
		if !strings.Contains(said, r.app.Version) {
			t.Errorf("%s --version says %q", p.name, said)
		}
	}
	syncs(t, filepath.Join(home, "bin", "lockstepctl"))
}
