package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"lockstep/cmd/internal/policy"
)

func windows() target {
	return target{goos: "windows", goarch: "amd64", cc: "x86_64-w64-mingw32-gcc"}
}

// releaseWindows makes what is installed on Windows.
func releaseWindows(ctx context.Context, b *builder) error {
	t := windows()
	if err := b.compile(ctx, t); err != nil {
		return err
	}
	if b.sign == nil {
		fmt.Fprintf(b.out, "Nothing is signed: %s names no certificate.\n", signFileVar)
	}
	for _, p := range b.present() {
		if b.sign == nil {
			break
		}
		if err := b.sign.file(ctx, filepath.Join(b.bin(t), t.exe(p.name))); err != nil {
			return err
		}
	}
	return errors.Join(b.nsis(ctx, t), b.msi(ctx, t), b.portable(t))
}

// hasWindows tells whether the program with windows is among those that are built.
func (b *builder) hasWindows() bool {
	return slices.ContainsFunc(b.present(), func(p program) bool { return p.cgo })
}

// nsis makes the setup program that a person starts.
func (b *builder) nsis(ctx context.Context, t target) error {
	script, err := b.fill("lockstep.nsi", nil)
	if err != nil {
		return err
	}
	if _, err := b.fill("languages.nsh", nil); err != nil {
		return err
	}
	args := []string{
		"-V2", "-INPUTCHARSET", "UTF8", "-DBIN=" + b.bin(t), "-DICON=" + filepath.Join(b.src, "resources", "icons", "lockstep.ico"),
		"-DOUT=" + b.file(t.String()+"_setup.exe"),
	}
	if b.hasWindows() {
		args = append(args, "-DWINDOWS")
	}
	if b.quick {
		args = append(args, "-DQUICK")
	}
	if b.sign != nil {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program, which signs: %w", err)
		}
		args = append(args, "-DSIGN="+self+" sign")
	}
	return b.do(ctx, b.work, nil, "makensis", append(args, script)...)
}

// msi makes the package that an administrator hands out.
func (b *builder) msi(ctx context.Context, t target) error {
	script, err := b.fill("lockstep.wxs", nil)
	if err != nil {
		return err
	}
	out := b.file(t.String() + ".msi")
	with := "no"
	if b.hasWindows() {
		with = "yes"
	}
	// wixl takes paths from where its description lies.
	if err := b.do(ctx, b.work, nil, "wixl", "-a", "x64", "-D", "BIN=bin/"+t.String(), "-D", "WINDOWS="+with,
		"-D", "ICON=src/resources/icons/lockstep.ico", "-o", out, script); err != nil {
		return err
	}
	for _, change := range amendments() {
		if err := b.do(ctx, b.work, nil, "msibuild", out, "-q", change); err != nil {
			return err
		}
	}
	if b.sign == nil {
		return nil
	}
	return b.sign.file(ctx, out)
}

// amendments write into the tables of the package what wixl cannot: conditions of components, a key that goes as a whole, and when a program of
// the package is started. It is ended once its place is known and before anything is in use, and it is started after
// the version before has gone, which ends whatever runs.
func amendments() []string {
	return []string{
		"UPDATE `Component` SET `Condition` = 'AUTOSTART = 1' WHERE `Component` = 'Autostart'",
		"UPDATE `Component` SET `Condition` = 'POLICYFILE' WHERE `Component` = 'Policy'",
		// The whole key goes with the programs.
		"INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('regForget', 1, 'Software\\Lockstep', '-', '', 'Programs')",
		"UPDATE `InstallExecuteSequence` SET `Sequence` = 1390 WHERE `Action` = 'Quit'",
		"UPDATE `InstallExecuteSequence` SET `Sequence` = 1395 WHERE `Action` = 'ForgetSecrets'",
		"UPDATE `InstallExecuteSequence` SET `Sequence` = 1397 WHERE `Action` = 'Unstart'",
		"UPDATE `InstallExecuteSequence` SET `Sequence` = 6650 WHERE `Action` = 'Start'",
	}
}

// portable makes the ZIP that needs no installation, with the templates for group policies.
func (b *builder) portable(t target) error {
	content := tree{
		"portable.flag":              {text: []byte("This file keeps Lockstep's data in the folder \"data\" beside it. Remove it to use the usual place.\r\n")},
		"LICENSE.txt":                {from: filepath.Join(b.src, "LICENSE")},
		"README.md":                  {from: filepath.Join(b.src, "README.md")},
		"policy/lockstep.admx":       {text: []byte(policy.ADMX(b.app.Version))},
		"policy/en-US/lockstep.adml": {text: []byte(policy.ADML(b.app.Version))},
		"policy/README.txt":          {text: []byte(policyNote)},
	}
	for _, p := range b.present() {
		content[t.exe(p.name)] = entry{from: filepath.Join(b.bin(t), t.exe(p.name)), exec: true}
	}
	return writeZIP(b.file(t.String()+"_portable.zip"), "Lockstep", content, b.made)
}

const policyNote = "Copy lockstep.admx to %SystemRoot%\\PolicyDefinitions and en-US\\lockstep.adml to its en-US folder, or both to the\r\n" +
	"central store of the domain. Every setting then appears under Administrative Templates, Lockstep, for computers and\r\n" +
	"for users. `lockstepctl policy show` tells on a PC what holds, and where it comes from.\r\n"

// verify holds a signature against the authority in a PEM file.
func verify(ctx context.Context, path, authority string) error {
	out, err := exec.CommandContext(ctx, "osslsigncode", "verify", "-CAfile", authority, "-in", path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("verify %s: %w\n%s", filepath.Base(path), err, out)
	}
	return nil
}
