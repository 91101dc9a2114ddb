/** What renders a person's own template: the engine, and a way for signals to end the person's code. Loaded by itself, from src/main.ts. */
import { renderUserTemplate, type RenderUserTemplate } from '#emit/user-template.ts';
import { deadly } from '#host/deadly.ts';

/** It may loop for ever, and nothing was written yet. */
export const renderDeadly: RenderUserTemplate = (request) => deadly(() => renderUserTemplate(request));
