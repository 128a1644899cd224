package main

import (
	"bytes"
	"debug/pe"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// resourcesOf are the bytes in which a program of Windows keeps what it says about itself.
func resourcesOf(t *testing.T, path string) []byte {
	t.Helper()
	f, err := pe.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	section := f.Section(".rsrc")
	if section == nil {
		t.Fatalf("%s says nothing about itself", filepath.Base(path))
	}
	data, err := section.Data()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wide is a text as it stands in such bytes.
func wide(text string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// TestInstalled_SaysWhatItIsToWindows looks into each program: what the properties of the file show, sharp windows on
// every monitor, long paths, and no console beside the two that have windows of their own.
func TestInstalled_SaysWhatItIsToWindows(t *testing.T) {
	r := release(t)
	for _, p := range r.present() {
		path := filepath.Join(r.bin(windows()), windows().exe(p.name))
		held := resourcesOf(t, path)
		for _, text := range []string{"FileVersion", r.app.four(), "ProductName", r.app.Name, "ProductVersion", r.app.Version, "LegalCopyright"} {
			if !bytes.Contains(held, wide(text)) {
				t.Errorf("%s does not tell %q", filepath.Base(path), text)
			}
		}
		manifest := strings.ToLower(string(held))
		for _, text := range []string{"permonitorv2", "longpathaware", "asinvoker"} {
			if !strings.Contains(manifest, text) {
				t.Errorf("the manifest of %s lacks %s", filepath.Base(path), text)
			}
		}
		f, err := pe.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		header, ok := f.OptionalHeader.(*pe.OptionalHeader64)
		_ = f.Close() // was read alone
		if !ok {
			t.Fatalf("%s is not for 64 bits", filepath.Base(path))
		}
		want := uint16(pe.IMAGE_SUBSYSTEM_WINDOWS_GUI)
		if p.name == "lockstepctl" {
			want = pe.IMAGE_SUBSYSTEM_WINDOWS_CUI
		}
		if header.Subsystem != want {
			t.Errorf("%s has subsystem %d, want %d", filepath.Base(path), header.Subsystem, want)
		}
	}
}

// TestInstalled_TellsByItsExitCode has a silent setup and a silent removal go wrong.
func TestInstalled_TellsByItsExitCode(t *testing.T) {
	r := release(t)
	p := newPC(t, r.root)
	setup := r.file("windows_amd64_setup.exe")
	folder := p.user("AppData", "Local", "Programs", "Lockstep")
	if err := errors.Join(os.MkdirAll(filepath.Dir(folder), 0o700), os.WriteFile(folder, []byte("a file"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, code := p.run("", setup, "/S"); code != 2 || p.registry(uninstallKey) != "" {
		t.Errorf("into a folder that cannot be made it ended with %d, want 2, and with nothing noted:\n%s%s", code, out, p.registry(uninstallKey))
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	p.ok("", setup, "/S")
	if err := os.WriteFile(p.programs("lockstepctl.exe"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(p.data(), "kept")
	if err := os.MkdirAll(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	// With _? the uninstaller stays where it is, and its caller hears how it ended; it does not remove itself then.
	stays := `_?=C:\users\` + filepath.Base(p.user()) + `\AppData\Local\Programs\Lockstep`
	if out, code := p.run("", p.programs("uninstall.exe"), "/S", "/DELETEDATA=1", stays); code != 5 {
		t.Errorf("where the secrets cannot be removed it ended with %d, want 5:\n%s", code, out)
	}
	if exists(p.programs("lockstep.exe")) || p.registry(runKey) != "" && strings.Contains(p.registry(runKey), "ockstep") {
		t.Error("the programs stay for that")
	}
	if !exists(kept) {
		t.Error("the data went before its keys")
	}
}
