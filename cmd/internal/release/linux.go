package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func linux() target { return target{goos: "linux", goarch: "amd64"} }

// releaseLinux makes the packages of Linux.
func releaseLinux(ctx context.Context, b *builder) error {
	t := linux()
	if err := b.compile(ctx, t); err != nil {
		return err
	}
	shared, err := b.shared(ctx, t)
	if err != nil {
		return err
	}
	carried := maps.Clone(shared)
	for _, p := range b.present() {
		carried[path.Join("bin", p.name)] = entry{from: filepath.Join(b.bin(t), p.name), exec: true}
	}
	if carried["share/systemd/user/lockstep.service"], err = b.unit("%h/.local/bin/lockstepctl"); err != nil {
		return err
	}
	carried["README.txt"] = entry{text: []byte("Unpack this into ~/.local:\n\n    tar -xzf lockstep_*.tar.gz --strip-components=1 -C ~/.local\n\n" +
		"It needs OpenGL and X11 for its windows (libgl1, libx11-6, libxcursor1, libxrandr2, libxi6, libxinerama1, libxkbcommon0).\n")}
	if err := writeTar(b.file(t.String()+".tar.gz"), "lockstep-"+b.app.Version, carried, b.made); err != nil {
		return err
	}
	for _, format := range []string{"deb", "rpm"} {
		if err := b.nfpm(ctx, t, format, shared); err != nil {
			return err
		}
	}
	return nil
}

// iconSizes are those of the hicolor theme.
func iconSizes() []int { return []int{16, 22, 24, 32, 48, 64, 128, 256} }

// shared is what lies below share/: what desktops, man and shells want to know.
func (b *builder) shared(ctx context.Context, t target) (tree, error) {
	icons := filepath.Join(b.src, "resources", "icons", "lockstep.svg")
	out := tree{
		"share/icons/hicolor/scalable/apps/" + b.app.ID + ".svg": {from: icons},
		"share/doc/lockstep/copyright":                           {from: filepath.Join(b.src, "LICENSE")},
		"share/doc/lockstep/README.md":                           {from: filepath.Join(b.src, "README.md")},
	}
	for _, size := range iconSizes() {
		png := filepath.Join(b.work, "icon-"+strconv.Itoa(size)+".png")
		if err := b.do(ctx, b.work, nil, "rsvg-convert", "-w", strconv.Itoa(size), "-h", strconv.Itoa(size), "-o", png, icons); err != nil {
			return nil, err
		}
		out[fmt.Sprintf("share/icons/hicolor/%dx%d/apps/%s.png", size, size, b.app.ID)] = entry{from: png}
	}
	for name, dir := range map[string]string{"lockstep.desktop": "share/applications", "lockstep.metainfo.xml": "share/metainfo"} {
		made, err := b.fill(name, nil)
		if err != nil {
			return nil, err
		}
		out[path.Join(dir, strings.Replace(name, "lockstep", b.app.ID, 1))] = entry{from: made}
	}
	changes, err := os.ReadFile(filepath.Join(b.src, "CHANGELOG.md"))
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	page, err := b.said(ctx, t, "man", "--date", b.made.Format("2006-01-02"))
	if err != nil {
		return nil, err
	}
	for name, text := range map[string][]byte{"share/man/man1/lockstepctl.1.gz": page, "share/doc/lockstep/changelog.gz": changes} {
		var packed bytes.Buffer
		if err := zipped(&packed, text); err != nil {
			return nil, fmt.Errorf("compress %s: %w", name, err)
		}
		out[name] = entry{text: packed.Bytes()}
	}
	for shell, name := range map[string]string{
		"bash": "share/bash-completion/completions/lockstepctl", "zsh": "share/zsh/site-functions/_lockstepctl",
		"fish": "share/fish/vendor_completions.d/lockstepctl.fish",
	} {
		text, err := b.said(ctx, t, "completion", shell)
		if err != nil {
			return nil, err
		}
		out[name] = entry{text: text}
	}
	return out, nil
}

// said is what the command line prints about itself.
func (b *builder) said(ctx context.Context, t target, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(b.bin(t), "lockstepctl"), args...).Output()
	if err != nil {
		return nil, fmt.Errorf("ask lockstepctl for its %s: %w", args[0], err)
	}
	return out, nil
}

// unit is the service for a PC without a desktop.
func (b *builder) unit(program string) (entry, error) {
	made, err := b.fill("lockstep.service", map[string]string{"PROGRAM": program})
	if err != nil {
		return entry{}, err
	}
	text, err := os.ReadFile(made)
	return entry{text: text}, err
}

// relations are what a package says about others.
type relations struct {
	Depends    []string `json:"depends,omitempty"`
	Recommends []string `json:"recommends,omitempty"`
	Suggests   []string `json:"suggests,omitempty"`
}

// related names the packages that the programs need, as each distribution calls them. Without windows nothing is
// needed: the other programs are linked with nothing.
func (b *builder) related(format string) relations {
	hasWindows := b.hasWindows()
	if format == "rpm" {
		out := relations{Recommends: []string{"gnome-keyring"}}
		if hasWindows {
			out.Depends = []string{"libGL.so.1()(64bit)", "libX11.so.6()(64bit)", "libc.so.6(GLIBC_2.34)(64bit)"}
			out.Recommends = append(out.Recommends, "libXcursor", "libXrandr", "libXi", "libXinerama", "libxkbcommon")
		}
		return out
	}
	out := relations{
		Recommends: []string{"gnome-keyring | org.freedesktop.secrets", "notification-daemon", "ca-certificates", "tzdata"},
		Suggests:   []string{"gnome-shell-extension-appindicator"},
	}
	if hasWindows {
		out.Depends = []string{"libc6 (>= 2.34)", "libgl1", "libx11-6", "libxcursor1", "libxrandr2", "libxi6", "libxinerama1", "libxkbcommon0"}
	}
	return out
}

// stamp is how nfpm reads times.
const stamp = "2006-01-02T15:04:05Z"

// content is a file as nfpm reads it.
type content struct {
	Src  string   `json:"src"`
	Dst  string   `json:"dst"`
	Info fileInfo `json:"file_info"`
}

type fileInfo struct {
	Mode  int64  `json:"mode"`
	MTime string `json:"mtime"`
}

// nfpm makes one package.
func (b *builder) nfpm(ctx context.Context, t target, format string, shared tree) error {
	info := func(mode int64) fileInfo { return fileInfo{Mode: mode, MTime: b.made.Format(stamp)} }
	var contents []content
	for _, p := range b.present() {
		contents = append(contents, content{filepath.Join(b.bin(t), p.name), "/usr/bin/" + p.name, info(0o755)})
	}
	all := maps.Clone(shared)
	unit, err := b.unit("/usr/bin/lockstepctl")
	if err != nil {
		return err
	}
	all["lib/systemd/user/lockstep.service"] = unit
	for _, name := range slices.Sorted(maps.Keys(all)) {
		dst := "/usr/" + name
		if format == "deb" { // where Debian's zsh looks
			dst = strings.Replace(dst, "zsh/site-functions", "zsh/vendor-completions", 1)
		}
		src := all[name].from
		if src == "" {
			src = filepath.Join(b.work, "pack", filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(src), 0o750), os.WriteFile(src, all[name].text, 0o600)); err != nil {
				return fmt.Errorf("pack %s: %w", name, err)
			}
		}
		contents = append(contents, content{src, dst, info(all[name].mode())})
	}
	config, err := json.MarshalIndent(b.described(t, format, contents), "", " ")
	if err != nil {
		return fmt.Errorf("describe the package: %w", err)
	}
	path := filepath.Join(b.work, "nfpm."+format+".json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return fmt.Errorf("describe the package: %w", err)
	}
	if err := b.do(ctx, b.work, nil, b.tool("nfpm"), "package", "-f", path, "-p", format, "-t", b.file(t.String()+"."+format)); err != nil {
		return err
	}
	if format == "deb" {
		return b.squeeze(ctx, b.file(t.String()+".deb"))
	}
	return nil
}

// described is a package as nfpm reads it (https://nfpm.goreleaser.com/docs/configuration).
func (b *builder) described(t target, format string, contents []content) map[string]any {
	packed := map[string]string{"compression": "none"} // squeeze does it
	if format == "rpm" {
		packed = map[string]string{"compression": "zstd", "buildhost": "lockstep"}
	}
	r := b.related(format)
	return map[string]any{
		"name": "lockstep", "arch": t.goarch, "platform": t.goos, "version": b.app.Version, "release": strconv.Itoa(b.app.Build),
		"section": "net", "priority": "optional", "maintainer": publisher + " <lockstep@localhost>",
		"description": summary + "\n" + description, "license": license, "mtime": b.made.Format(stamp), format: packed,
		"depends": r.Depends, "recommends": r.Recommends, "suggests": r.Suggests, "contents": contents,
	}
}

// squeeze packs a .deb again with Debian's own tool, which sees what two programs have in common and halves it.
func (b *builder) squeeze(ctx context.Context, deb string) error {
	dir := filepath.Join(b.work, "deb")
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear folder: %w", err)
	}
	if err := b.do(ctx, b.work, nil, "dpkg-deb", "--raw-extract", deb, dir); err != nil {
		return err
	}
	return b.do(ctx, b.work, nil, "dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", dir, deb)
}
