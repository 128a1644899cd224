package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// lintVersion is the golangci-lint that the checks use; lint.go builds it from source.
const lintVersion = "v2.15.0"

// foreignClients holds a package.json and its lock file: clients from npm that judge the Exchange simulator, and the
// grammar of PowerShell that the scripts for administrators are held against.
const foreignClients = "sync/exchange/ewssim/foreign"

// need is a tool that some check calls, how to tell that it is there, and where Debian has it.
type need struct {
	what   string
	probe  []string
	debian []string
	window bool // building lockstep-window takes it
}

// needs lists what is outside the Go module proxy's reach. Debian's Python module lives with Debian's Python, which
// need not be the first on the PATH.
func needs() []need {
	command := func(name string, debian ...string) need {
		return need{what: name, probe: []string{"sh", "-c", "command -v " + name}, debian: debian}
	}
	return []need{
		{
			what:   "a C compiler (for the race detector)",
			probe:  []string{"sh", "-c", "echo 'int main(void){return 0;}' | gcc -x c -o /dev/null -"},
			debian: []string{"gcc", "libc6-dev"},
			window: true,
		},
		{
			what:   "the headers of X11 and OpenGL (for lockstep-window)",
			window: true,
			probe:  []string{"sh", "-c", "printf '#include <GL/gl.h>\n#include <X11/Xcursor/Xcursor.h>\n#include <X11/extensions/Xrandr.h>\n#include <X11/extensions/Xinerama.h>\n#include <X11/extensions/XInput2.h>\n#include <X11/extensions/xf86vmode.h>\n' | gcc -E -x c -o /dev/null -"},
			debian: []string{
				"pkg-config", "libgl1-mesa-dev", "libx11-dev", "libxcursor-dev", "libxrandr-dev", "libxinerama-dev", "libxi-dev", "libxxf86vm-dev",
			},
		},
		command("git", "git"),
		command("curl", "curl"),
		command("jq", "jq"),
		command("strace", "strace"),
		command("Xvfb", "xvfb", "libgl1-mesa-dri"),
		command("xdpyinfo", "x11-utils"),
		command("openbox", "openbox"),
		command("wmctrl", "wmctrl"),
		command("xdotool", "xdotool"),
		command("xfce4-panel", "xfce4-panel", "adwaita-icon-theme"),
		command("dunst", "dunst"),
		command("import", "imagemagick"),
		command("secret-tool", "libsecret-tools"),
		command("xmllint", "libxml2-utils"),
		command("rsvg-convert", "librsvg2-bin"),
		command("dbus-run-session", "dbus-daemon"),
		command("gnome-keyring-daemon", "gnome-keyring"),
		{
			what:   "exchangelib for Debian's Python",
			probe:  []string{"/usr/bin/python3", "-c", "import exchangelib"},
			debian: []string{"python3", "python3-exchangelib"},
		},
		{
			what:   "DavMail and a Java for it",
			probe:  []string{"sh", "-c", "test -f /usr/share/davmail/davmail.jar && java -version"},
			debian: []string{"davmail-server", "default-jre-headless"},
		},
		command("node", "nodejs"),
		command("npm", "npm"),
	}
}

// setup installs whatever the checks need and this machine lacks.
func setup(ctx context.Context, r *runner) error {
	if err := installPackages(ctx, r, needs()); err != nil {
		return err
	}
	if err := installForeignClients(ctx, r); err != nil {
		return err
	}
	return installLint(ctx, r)
}

// setupWindow installs what building lockstep-window takes, and nothing else.
func setupWindow(ctx context.Context, r *runner) error {
	return installPackages(ctx, r, slices.DeleteFunc(needs(), func(n need) bool { return !n.window }))
}

// installPackages installs those of all that this machine lacks.
func installPackages(ctx context.Context, r *runner, all []need) error {
	missing := missingNeeds(ctx, all)
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		fmt.Fprintln(r.out, "This system has no apt-get. Please install by hand; until then the tests that need them are skipped:")
		for _, n := range missing {
			fmt.Fprintf(r.out, "  - %s (Debian: %s)\n", n.what, strings.Join(n.debian, " "))
		}
		if r.ci {
			return errors.New("tools are missing and cannot be installed here")
		}
		return nil
	}
	apt := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"}
	if os.Geteuid() != 0 {
		apt = append([]string{"sudo"}, apt...)
	}
	install := append(apt[1:len(apt):len(apt)], "install", "-y", "--no-install-recommends")
	for _, n := range missing {
		fmt.Fprintf(r.out, "missing: %s\n", n.what)
		install = append(install, n.debian...)
	}
	if err := r.do(ctx, nil, apt[0], append(apt[1:len(apt):len(apt)], "update")...); err != nil {
		return fmt.Errorf("refresh Debian's package lists: %w", err)
	}
	if err := r.do(ctx, nil, apt[0], install...); err != nil {
		return fmt.Errorf("install Debian packages: %w", err)
	}
	if still := missingNeeds(ctx, all); len(still) > 0 {
		return fmt.Errorf("%s is still missing after the installation", still[0].what)
	}
	return nil
}

func missingNeeds(ctx context.Context, all []need) (missing []need) {
	for _, n := range all {
		if exec.CommandContext(ctx, n.probe[0], n.probe[1:]...).Run() != nil {
			missing = append(missing, n)
		}
	}
	return missing
}

// installForeignClients installs what comes from npm exactly as their lock file says, outside the source tree.
// The tests find them through LOCKSTEP_NODE, the folder that holds node_modules.
func installForeignClients(ctx context.Context, r *runner) error {
	var manifest []byte
	dir := r.nodeFolder()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(r.root, foreignClients, name))
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what the foreign clients need: %w", err)
		}
		manifest = append(manifest, text...)
	}
	done := filepath.Join(dir, "installed")
	if before, err := os.ReadFile(done); err == nil && string(before) == string(manifest) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder for the foreign clients: %w", err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(r.root, foreignClients, name))
		if err != nil {
			return fmt.Errorf("read what the foreign clients need: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("copy what the foreign clients need: %w", err)
		}
	}
	if err := r.do(ctx, nil, "npm", "--prefix", dir, "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return fmt.Errorf("install foreign clients: %w", err)
	}
	if err := os.WriteFile(done, manifest, 0o600); err != nil {
		return fmt.Errorf("note what is installed: %w", err)
	}
	return nil
}

func (r *runner) nodeFolder() string { return filepath.Join(r.cache, "node") }

// lintTool is where the pinned linter is kept; a version of its own for each, so that checkouts do not fight.
func (r *runner) lintTool() string {
	return filepath.Join(r.tools, "golangci-lint-"+lintVersion, "golangci-lint")
}

// installLint builds the linter from source: about two minutes on two cores, once per user.
func installLint(ctx context.Context, r *runner) error {
	if _, err := os.Stat(r.lintTool()); err == nil {
		return nil
	}
	fmt.Fprintf(r.out, "building golangci-lint %s; this takes a few minutes, once\n", lintVersion)
	env := append([]string{"GOBIN=" + filepath.Dir(r.lintTool()), "GOFLAGS="}, withoutC...)
	return r.do(ctx, env, "go", "install", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@"+lintVersion)
}
