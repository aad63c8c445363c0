import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'git', testTimeout: 60_000 };
