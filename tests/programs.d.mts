/** Types of programs.mjs. */
export interface Program {
  title: string;
  where: 'run' | 'page';
  code: string;
}
export const DOCUMENTATION: readonly string[];
export function documentationText(): string;
export function programsIn(file: string, text?: string): Program[];
export function documentedPrograms(): Program[];
export function examples(): { title: string; code: string }[];
