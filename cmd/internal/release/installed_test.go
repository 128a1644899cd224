package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// gate opens the tests that build, install and use what people get: `make installers-test`. "again" takes what the
// last run has built.
const gate = "LOCKSTEP_INSTALLERS"

// The largest that a person should have to fetch.
const (
	maxSetup = 20 << 20
	maxDeb   = 22 << 20
)

// TestMain lets the test binary sign for makensis, as the program does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "sign" {
		if err := signFile(context.Background(), os.Args[2:]); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// released is what all these tests are about: everything, built once and signed with a certificate of the tests' own.
type released struct {
	*builder
	authority string // the certificate, in PEM
}

var (
	releaseOnce sync.Once
	theRelease  released
	errRelease  error
)

func release(t *testing.T) released {
	t.Helper()
	if os.Getenv(gate) == "" {
		t.Skip("make installers-test runs this")
	}
	releaseOnce.Do(func() { theRelease, errRelease = build(t) })
	if errRelease != nil {
		t.Fatal(errRelease)
	}
	return theRelease
}

func build(t *testing.T) (released, error) {
	var r released
	root := bench(t).root
	certificate := filepath.Join(root, ".cache", "release", "test-certificate")
	if err := os.MkdirAll(certificate, 0o700); err != nil {
		return r, err
	}
	if err := installTestTools(t); err != nil {
		return r, err
	}
	dist := filepath.Join(root, "dist")
	key, pfx := filepath.Join(certificate, "key.pem"), filepath.Join(certificate, "test.pfx")
	r.authority = filepath.Join(certificate, "certificate.pem")
	for name, value := range map[string]string{signFileVar: pfx, signPasswordVar: "test"} {
		if err := os.Setenv(name, value); err != nil { //nolint:usetesting // for all tests, not for the first alone
			return r, err
		}
	}
	if os.Getenv(gate) == "again" {
		b, err := newBuilder(context.Background(), io.Discard, dist, "")
		r.builder = b
		return r, err
	}
	for _, args := range [][]string{
		{"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", r.authority, "-days", "2", "-subj", "/CN=Lockstep test", "-addext", "extendedKeyUsage=codeSigning"},
		{"pkcs12", "-export", "-inkey", key, "-in", r.authority, "-out", pfx, "-passout", "pass:test"},
	} {
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil { //nolint:noctx // seconds at most
			return r, errors.Join(err, errors.New(string(out)))
		}
	}
	if err := os.RemoveAll(dist); err != nil {
		return r, err
	}
	began := time.Now()
	if err := run(context.Background(), []string{"-out", dist}, os.Stdout); err != nil {
		return r, err
	}
	b, err := newBuilder(context.Background(), io.Discard, dist, "")
	r.builder = b
	t.Logf("built in %s", time.Since(began).Round(time.Second))
	return r, err
}

// installTestTools installs what these tests call besides.
func installTestTools(t *testing.T) error {
	b := bench(t)
	b.out = os.Stdout
	return installDebian(t.Context(), b, map[string][]string{
		"openssl": {"openssl"}, "rpm": {"rpm"}, "debootstrap": {"debootstrap"}, "desktop-file-validate": {"desktop-file-utils"}, "appstreamcli": {"appstream"},
		"wine": {"wine", "wine64", "libwine"}, "Xvfb": {"xvfb"}, "xdpyinfo": {"x11-utils"}, "xdotool": {"xdotool"}, "wmctrl": {"wmctrl"},
		"import": {"imagemagick"}, "openbox": {"openbox"}, "xfce4-panel": {"xfce4-panel"}, "dbus-daemon": {"dbus-daemon"},
	}, []string{"libgl1-mesa-dri", "adwaita-icon-theme"})
}

// holds tells whether `policy show --json` has a value, and where it comes from.
func holds(t *testing.T, text, key, value, from, where string) bool {
	t.Helper()
	var all []struct{ Key, Value, From, Where string }
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for _, h := range all {
		if h.Key == key {
			return h.Value == value && h.From == from && strings.HasPrefix(h.Where, where)
		}
	}
	return false
}

// must runs a command and gives what it printed.
func must(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

func TestInstalled_IsSignedAddedUpAndSmall(t *testing.T) {
	r := release(t)
	signed := []string{r.file("windows_amd64_setup.exe"), r.file("windows_amd64.msi")}
	for _, p := range r.present() {
		signed = append(signed, filepath.Join(r.bin(windows()), windows().exe(p.name)))
	}
	for _, path := range signed {
		if err := verify(t.Context(), path, r.authority); err != nil {
			t.Error(err)
		}
	}
	spoilt := filepath.Join(t.TempDir(), "setup.exe")
	text, err := os.ReadFile(signed[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2]++
	if err := os.WriteFile(spoilt, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if verify(t.Context(), spoilt, r.authority) == nil {
		t.Error("a spoilt setup program still has a good signature")
	}
	cmd := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "--quiet", sumsName)
	cmd.Dir = r.dist
	must(t, cmd)
	for path, most := range map[string]int64{r.file("windows_amd64_setup.exe"): maxSetup, r.file("linux_amd64.deb"): maxDeb} {
		info, err := os.Stat(path)
		if err != nil || info.Size() > most {
			t.Errorf("%s: %v, %v; at most %d bytes", path, info, err, most)
		}
	}
}

// TestInstalled_BillsNameEveryModule holds each bill of materials against what its program says of itself, and that
// against the module's own list.
func TestInstalled_BillsNameEveryModule(t *testing.T) {
	r := release(t)
	known := must(t, exec.CommandContext(t.Context(), "go", "list", "-m", "all"))
	for _, system := range []target{linux(), windows()} {
		for _, p := range r.present() {
			path := filepath.Join(r.dist, "sbom", p.name+"_"+r.app.Version+"_"+system.String()+".cdx.json")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var bill struct {
				Components []struct{ Name, Version string }
			}
			if err := json.Unmarshal(text, &bill); err != nil {
				t.Fatal(err)
			}
			named := map[string]bool{}
			for _, c := range bill.Components {
				named[c.Name+" "+c.Version] = true
			}
			info, err := buildinfo.ReadFile(filepath.Join(r.bin(system), system.exe(p.name)))
			if err != nil {
				t.Fatal(err)
			}
			if len(info.Deps) < 10 {
				t.Errorf("%s has only %d modules in it", p.name, len(info.Deps))
			}
			for _, m := range info.Deps {
				if !named[m.Path+" "+m.Version] {
					t.Errorf("%s: the bill lacks %s %s", filepath.Base(path), m.Path, m.Version)
				}
				if !strings.Contains(known, m.Path+" "+m.Version) {
					t.Errorf("%s: %s %s is no module of ours", p.name, m.Path, m.Version)
				}
			}
		}
	}
}

// TestInstalled_ProgramsAreTheSameBytesAgain builds in another folder, the programs without C from nothing.
func TestInstalled_ProgramsAreTheSameBytesAgain(t *testing.T) {
	r := release(t)
	again := *r.builder
	again.work = t.TempDir()
	again.src = filepath.Join(again.work, "src")
	again.sign = nil
	if err := again.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, system := range []target{linux(), windows()} {
		if err := again.compile(t.Context(), system); err != nil {
			t.Fatal(err)
		}
		if system.goos == "linux" { // once without anything remembered: the first pass above may have copied
			t.Setenv("GOCACHE", t.TempDir())
			if err := again.build(t.Context(), programs()[1], system, filepath.Join(again.work, "fresh")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("GOCACHE", strings.TrimSpace(string(kept)))
			sameBytes(t, filepath.Join(r.bin(system), "lockstepctl"), filepath.Join(again.work, "fresh"))
		}
		for _, p := range r.present() {
			if system.goos == "windows" { // what was released is signed, with the time of signing
				unsigned := filepath.Join(t.TempDir(), p.name)
				must(t, exec.CommandContext(t.Context(), "osslsigncode", "remove-signature", "-in", filepath.Join(r.bin(system), system.exe(p.name)), "-out", unsigned))
				sameProgram(t, unsigned, filepath.Join(again.bin(system), system.exe(p.name)))
				continue
			}
			sameBytes(t, filepath.Join(r.bin(system), p.name), filepath.Join(again.bin(system), p.name))
		}
	}
}

func sameBytes(t *testing.T, one, other string) {
	t.Helper()
	x, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("two builds of %s differ (%d and %d bytes)", filepath.Base(one), len(x), len(y))
	}
}

// sameProgram compares two programs of Windows but for the checksum in the header and the padding at the end, which
// signing sets and taking the signature away leaves behind.
func sameProgram(t *testing.T, one, other string) {
	t.Helper()
	x, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{x, y} {
		header := int(text[0x3c]) | int(text[0x3d])<<8
		clear(text[header+0x58 : header+0x5c]) // OptionalHeader.CheckSum
	}
	x, y = bytes.TrimRight(x, "\x00"), bytes.TrimRight(y, "\x00")
	if !bytes.Equal(x, y) {
		t.Errorf("two builds of %s differ (%d and %d bytes)", filepath.Base(other), len(x), len(y))
	}
}
