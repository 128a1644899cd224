package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// releaseMacOS makes Lockstep.app and a disk image with it. It runs on a Mac alone, because tray and windows are
// compiled against Apple's frameworks, and has never been tried: .github/workflows/release.yml is where it would be.
// It signs with the identity in LOCKSTEP_MAC_IDENTITY, and has Apple notarise with the keychain profile in
// LOCKSTEP_MAC_PROFILE.
func releaseMacOS(ctx context.Context, b *builder) error {
	if runtime.GOOS != "darwin" {
		return errors.New("this step needs a Mac with Apple's command line tools")
	}
	t := target{goos: "darwin", goarch: runtime.GOARCH}
	bundle := filepath.Join(b.work, "mac", "Lockstep.app")
	if err := os.RemoveAll(filepath.Dir(bundle)); err != nil {
		return fmt.Errorf("clear the bundle: %w", err)
	}
	inside := filepath.Join(bundle, "Contents", "MacOS")
	for _, p := range b.present() {
		// The icon beside the clock is Cocoa's too.
		env := []string{"CGO_ENABLED=1", "GOFLAGS=", "MACOSX_DEPLOYMENT_TARGET=12.0"}
		if err := b.do(ctx, b.src, env, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=",
			"-o", filepath.Join(inside, p.name), "./cmd/"+p.name); err != nil {
			return fmt.Errorf("build %s: %w", p.name, err)
		}
	}
	plist, err := b.fill("Info.plist", nil)
	if err != nil {
		return err
	}
	if err := copyFile(filepath.Join(bundle, "Contents", "Info.plist"), plist); err != nil {
		return err
	}
	if err := b.macIcon(ctx, filepath.Join(bundle, "Contents", "Resources")); err != nil {
		return err
	}
	if identity := os.Getenv("LOCKSTEP_MAC_IDENTITY"); identity != "" {
		if err := b.do(ctx, b.work, nil, "codesign", "--force", "--deep", "--options", "runtime", "--timestamp", "--sign", identity, bundle); err != nil {
			return err
		}
	}
	image := b.file(t.String() + ".dmg")
	if err := b.do(ctx, b.work, nil, "hdiutil", "create", "-volname", b.app.Name, "-srcfolder", filepath.Dir(bundle), "-ov", "-format", "UDZO", image); err != nil {
		return err
	}
	if profile := os.Getenv("LOCKSTEP_MAC_PROFILE"); profile != "" {
		if err := b.do(ctx, b.work, nil, "xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait"); err != nil {
			return err
		}
		return b.do(ctx, b.work, nil, "xcrun", "stapler", "staple", image)
	}
	return nil
}

// macIcon makes the icon of the bundle.
func (b *builder) macIcon(ctx context.Context, resources string) error {
	set := filepath.Join(b.work, "mac-icon", "Lockstep.iconset")
	if err := errors.Join(os.MkdirAll(set, 0o750), os.MkdirAll(resources, 0o750)); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	png := filepath.Join(b.src, "resources", "icons", "lockstep.png")
	for _, size := range []string{"16", "32", "128", "256"} {
		if err := b.do(ctx, b.work, nil, "sips", "-z", size, size, png, "--out", filepath.Join(set, "icon_"+size+"x"+size+".png")); err != nil {
			return err
		}
	}
	return b.do(ctx, b.work, nil, "iconutil", "-c", "icns", "-o", filepath.Join(resources, "Lockstep.icns"), set)
}
