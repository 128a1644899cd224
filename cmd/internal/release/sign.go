package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The environment says what signs; a certificate is never in the checkout.
const (
	signFileVar     = "LOCKSTEP_SIGN_PFX"
	signPasswordVar = "LOCKSTEP_SIGN_PASSWORD"  //nolint:gosec // the name of a variable
	signTimeVar     = "LOCKSTEP_SIGN_TIMESTAMP" // such as http://timestamp.example.com
)

// signer signs programs and installers of Windows.
type signer struct{ pfx, password, timestamp string }

// signerFromEnv is nil where no certificate is named.
func signerFromEnv(getenv func(string) string) (*signer, error) {
	s := &signer{pfx: getenv(signFileVar), password: getenv(signPasswordVar), timestamp: getenv(signTimeVar)}
	if s.pfx == "" {
		return nil, nil //nolint:nilnil // no signer is an answer: nothing is signed
	}
	if _, err := os.Stat(s.pfx); err != nil {
		return nil, fmt.Errorf("the certificate that %s names: %w", signFileVar, err)
	}
	return s, nil
}

// signFile is the command that makensis calls for the uninstaller, and for the setup program itself.
func signFile(ctx context.Context, args []string) error {
	s, err := signerFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	if s == nil || len(args) != 1 {
		return errors.New("usage: release sign FILE, with a certificate in the environment")
	}
	return s.file(ctx, args[0])
}

// file signs in place.
func (s *signer) file(ctx context.Context, path string) (err error) {
	dir, err := os.MkdirTemp("", "lockstep-sign-")
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pass, signed := filepath.Join(dir, "password"), filepath.Join(dir, "signed")
	if err := os.WriteFile(pass, []byte(s.password), 0o600); err != nil { // on a command line everybody could read it
		return fmt.Errorf("sign: %w", err)
	}
	args := []string{"sign", "-pkcs12", s.pfx, "-readpass", pass, "-n", "Lockstep", "-h", "sha256"}
	if s.timestamp != "" {
		args = append(args, "-ts", s.timestamp)
	}
	cmd := exec.CommandContext(ctx, "osslsigncode", append(args, "-in", path, "-out", signed)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("sign %s: %w\n%s", filepath.Base(path), err, said.String())
	}
	return copyFile(path, signed)
}
