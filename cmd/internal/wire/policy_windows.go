package wire

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"

	"lockstep/cmd/internal/policy"
)

// policyKey is where group policies write, which users cannot; programKey is
// where the installer notes a file with a policy.
const (
	policyKey  = `Software\Policies\Lockstep`
	programKey = `Software\Lockstep`
	policyFile = "PolicyFile"
)

// maxPolicyDepth bounds how deep sections are nested: [rules.limits].
const maxPolicyDepth = 3

// MachinePolicy reads what group policies fix, and the files that an
// administrator has named beside them or at the installation.
func MachinePolicy() (policy.Set, error) {
	var layers []policy.Layer
	for _, hive := range []struct {
		level policy.Level
		root  registry.Key
		name  string
	}{{policy.Machine, registry.LOCAL_MACHINE, "HKLM"}, {policy.User, registry.CURRENT_USER, "HKCU"}} {
		values := map[string]any{}
		where := hive.name + `\` + policyKey
		if err := collect(hive.root, policyKey, "", values, maxPolicyDepth); err != nil {
			return policy.Set{}, &policy.Error{Where: where, Say: []string{err.Error()}}
		}
		file, _ := values[policyFile].(string)
		delete(values, policyFile)
		l, err := policy.FromRegistry(hive.level, where, values)
		if err != nil {
			return policy.Set{}, err
		}
		layers = append(layers, l)
		noted, err := notedFile(hive.root)
		if err != nil {
			return policy.Set{}, &policy.Error{Where: hive.name + `\` + programKey, Say: []string{err.Error()}}
		}
		for _, path := range []string{file, noted} {
			if path == "" {
				continue
			}
			more, err := readPolicy(hive.level, path)
			if err == nil && more == nil {
				err = &policy.Error{Where: path, Say: []string{"there is no such file"}} // it was named, so it is meant
			}
			if err != nil {
				return policy.Set{}, err
			}
			layers = append(layers, more...)
		}
	}
	return policy.Resolve(layers...), nil
}

// collect reads the values below a key, by their dotted path.
func collect(root registry.Key, path, prefix string, into map[string]any, depth int) error {
	k, err := registry.OpenKey(root, path, registry.READ)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the key: %w", err)
	}
	defer k.Close()
	names, err := k.ReadValueNames(-1)
	if err != nil {
		return fmt.Errorf("list the values: %w", err)
	}
	for _, name := range names {
		if name == "" {
			continue // the key's own default value
		}
		v, err := value(k, name)
		if err != nil {
			return fmt.Errorf("%s%s: %w", prefix, name, err)
		}
		into[prefix+name] = v
	}
	if depth == 0 {
		return nil
	}
	sections, err := k.ReadSubKeyNames(-1)
	if err != nil {
		return fmt.Errorf("list the sections: %w", err)
	}
	for _, s := range sections {
		if err := collect(root, path+`\`+s, prefix+s+".", into, depth-1); err != nil {
			return err
		}
	}
	return nil
}

func value(k registry.Key, name string) (any, error) {
	_, kind, err := k.GetValue(name, nil)
	if err != nil {
		return nil, fmt.Errorf("read the value: %w", err)
	}
	var v any
	switch kind {
	case registry.SZ, registry.EXPAND_SZ:
		v, _, err = k.GetStringValue(name)
	case registry.DWORD, registry.QWORD:
		v, _, err = k.GetIntegerValue(name)
	case registry.MULTI_SZ:
		v, _, err = k.GetStringsValue(name)
	default:
		return nil, errors.New("expected text (REG_SZ), a number (REG_DWORD) or texts (REG_MULTI_SZ)")
	}
	if err != nil {
		return nil, fmt.Errorf("read the value: %w", err)
	}
	return v, nil
}

func notedFile(root registry.Key) (string, error) {
	k, err := registry.OpenKey(root, programKey, registry.READ)
	if errors.Is(err, registry.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open the key: %w", err)
	}
	defer k.Close()
	path, _, err := k.GetStringValue(policyFile)
	if errors.Is(err, registry.ErrNotExist) {
		return "", nil
	}
	return path, err
}
