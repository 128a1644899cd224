package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// goTool is a program that is built from source with the version named here.
type goTool struct{ name, module, version string }

func goTools() []goTool {
	return []goTool{
		{"go-winres", "github.com/tc-hib/go-winres", "v0.3.3"},
		{"nfpm", "github.com/goreleaser/nfpm/v2/cmd/nfpm", "v2.45.0"},
		{"cyclonedx-gomod", "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod", "v1.10.0"},
	}
}

// tool is where a program of goTools is kept: a folder for each version, so that checkouts do not fight.
func (b *builder) tool(name string) string {
	for _, g := range goTools() {
		if g.name == name {
			return filepath.Join(b.tools, g.name+"-"+g.version, g.name)
		}
	}
	return name
}

// debian lists what is called, and the packages that have it.
func debian() map[string][]string {
	return map[string][]string{
		"git": {"git"}, "rsvg-convert": {"librsvg2-bin"}, "dpkg-deb": {"dpkg"},
		"x86_64-w64-mingw32-gcc": {"gcc-mingw-w64-x86-64"}, "makensis": {"nsis"}, "wixl": {"wixl"}, "msibuild": {"msitools"}, "osslsigncode": {"osslsigncode"},
		"gcc": {"gcc", "libc6-dev"}, "pkg-config": {"pkg-config"},
	}
}

// headers are what the program with windows is compiled against.
func headers() []string {
	return []string{"libgl1-mesa-dev", "libx11-dev", "libxcursor-dev", "libxrandr-dev", "libxinerama-dev", "libxi-dev", "libxxf86vm-dev"}
}

// setup installs whatever builds installers and this machine lacks.
func setup(ctx context.Context, b *builder) error {
	for _, g := range goTools() {
		if _, err := os.Stat(b.tool(g.name)); err == nil {
			continue
		}
		fmt.Fprintf(b.out, "building %s %s\n", g.name, g.version)
		env := []string{"GOBIN=" + filepath.Dir(b.tool(g.name)), "GOFLAGS=", "CGO_ENABLED=0"}
		if err := b.do(ctx, b.work, env, "go", "install", g.module+"@"+g.version); err != nil {
			return err
		}
	}
	return installDebian(ctx, b, debian(), headers())
}

// installDebian installs the packages of the commands that are missing, and those of libraries.
func installDebian(ctx context.Context, b *builder, commands map[string][]string, libraries []string) error {
	var missing []string
	for name, packages := range commands {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, packages...)
		}
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		if len(missing) > 0 {
			return errors.New("this system has no apt-get; please install what these packages of Debian have: " + strings.Join(missing, " "))
		}
		return nil
	}
	for _, name := range libraries {
		if exec.CommandContext(ctx, "dpkg", "-s", name).Run() != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	fmt.Fprintf(b.out, "installing %s\n", strings.Join(missing, " "))
	apt := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"}
	if os.Geteuid() != 0 {
		apt = append([]string{"sudo"}, apt...)
	}
	apt = apt[:len(apt):len(apt)]
	if err := b.do(ctx, b.work, nil, apt[0], append(apt[1:], "update")...); err != nil {
		return err
	}
	return b.do(ctx, b.work, nil, apt[0], append(append(apt[1:], "install", "-y", "--no-install-recommends"), missing...)...)
}
