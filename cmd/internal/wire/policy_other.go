//go:build !windows

package wire

import (
	"os/user"
	"path/filepath"
	"runtime"
	"strings"

	"lockstep/cmd/internal/policy"
)

// MachinePolicy reads what the administrator has fixed for everybody, in
// policy.toml of the machine's folder for Lockstep, and for this user, in
// users/NAME.toml there. Only administrators can write there.
func MachinePolicy() (policy.Set, error) {
	dir := "/etc/lockstep"
	if runtime.GOOS == "darwin" {
		dir = "/Library/Application Support/Lockstep"
	}
	return policyIn(dir, func() string {
		u, err := user.Current()
		if err != nil {
			return ""
		}
		return u.Username
	})
}

func policyIn(dir string, who func() string) (policy.Set, error) {
	layers, err := readPolicy(policy.Machine, filepath.Join(dir, "policy.toml"))
	if err != nil {
		return policy.Set{}, err
	}
	if name := who(); name != "" && !strings.ContainsAny(name, `/\`) {
		mine, err := readPolicy(policy.User, filepath.Join(dir, "users", name+".toml"))
		if err != nil {
			return policy.Set{}, err
		}
		layers = append(layers, mine...)
	}
	return policy.Resolve(layers...), nil
}
