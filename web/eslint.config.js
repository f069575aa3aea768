// SPDX-License-Identifier: LGPL-2.1-or-later
import js from '@eslint/js';
import globals from 'globals';

const rules = {
  ...js.configs.recommended.rules,
  curly: ['error', 'multi-line'],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-len': ['error', { code: 100, ignoreUrls: true }],
  'max-lines': ['error', { max: 500 }],
  'no-console': 'error',
  'no-implicit-coercion': 'error',
  'no-promise-executor-return': 'error',
  'no-shadow': 'error',
  'no-unused-vars': ['error', { args: 'after-used', caughtErrors: 'none' }],
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  // Text from the network must never be parsed as markup, and nothing may be evaluated.
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-restricted-properties': [
    'error',
    { property: 'innerHTML', message: 'Build nodes; remote text must not become markup.' },
    { property: 'outerHTML', message: 'Build nodes; remote text must not become markup.' },
    { property: 'insertAdjacentHTML', message: 'Build nodes; remote text must not become markup.' },
  ],
};

export default [
  { ignores: ['node_modules/', 'assets/vendor/'] },
  {
    files: ['webrtc-client.js', 'webrtc-client/**/*.js', 'assets/**/*.js'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: globals.browser },
    rules,
  },
  {
    files: ['test/**/*.js', '*.config.js'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: globals.node },
    rules,
  },
];
